import type { Link } from "../faults";
import { linkNames } from "../faults";
import type { Lab } from "../lab";
import type { LabFolder } from "./lab-folder";
import { labFiles } from "./lab-json";
import type { ClockResult, ControlRequest, FaultAction, LoginResult } from "./protocol";
import { faultActions } from "./protocol";

type Of<Command extends ControlRequest["command"]> = Extract<ControlRequest, { readonly command: Command }>;

/**
 * Does what a request over the control socket asks for.
 *
 * @throws Error with a text for the person who asked
 */
export async function perform(lab: Lab, folder: LabFolder, request: ControlRequest): Promise<unknown> {
  switch (request.command) {
    case "dump":
      return lab.dump();
    case "login":
      return login(lab, folder, request);
    case "clock":
      return advance(lab, request);
    case "fault":
      return inject(lab, request);
    default:
      throw new Error(`the lab knows no command ${JSON.stringify((request as { command?: unknown }).command)}`);
  }
}

async function login(lab: Lab, folder: LabFolder, { user, cluster, ttlMs }: Of<"login">): Promise<LoginResult> {
  const target = cluster === undefined ? lab.root : lab.cluster(cluster);
  const credentials = await target.login(user, ttlMs);
  const result = { file: folder.writeIdentity(target.name, credentials), expires: credentials.expires.toISOString() };
  if (target !== lab.root) return result;
  folder.writeSshIdentity(credentials);
  return { ...result, sshConfig: labFiles.sshConfig };
}

async function advance({ clock }: Lab, { advanceMs }: Of<"clock">): Promise<ClockResult> {
  await clock.advance(advanceMs);
  return { now: new Date(clock.now()).toISOString(), offsetMs: clock.offsetMs };
}

const faults: Readonly<Record<FaultAction, (link: Link, request: Of<"fault">) => void>> = {
  cut: (link) => link.cut(),
  restore: (link) => link.restore(),
  pause: (link) => link.pause(),
  blackhole: (link) => link.blackhole(),
  drop: (link) => link.drop(),
  delay: (link, { delayMs }) => link.delay(delayMs ?? Number.NaN),
  "cut-at": (link, { bytes, direction }) => link.cutAtByte(bytes ?? Number.NaN, direction),
};

function inject(lab: Lab, request: Of<"fault">): void {
  const { action, link, cluster } = request;
  if (!linkNames.includes(link)) throw new Error(`a cluster has no link "${link}"; links are: ${linkNames.join(", ")}`);
  if (!faultActions.includes(action)) {
    throw new Error(`"${action}" is no fault; faults are: ${faultActions.join(", ")}`);
  }
  faults[action](lab.cluster(cluster).link(link), request);
}
