import type { Api } from "../../cluster";
import type { ResourceContext } from "../../framework";
import { withoutConflict } from "../shared/conflict";
import { clusterOf } from "../shared/one-cluster";
import { queueOf } from "../shared/queue";
import type { DesiredGrant } from "./facts";
import type { GrantRun } from "./run";
import type { GrantStep } from "./step";
import { changedUser, changeOf, isNoChange } from "./user";

type Context = Pick<ResourceContext<Api>, "api" | "signal" | "sleep">;

/** The first wait for the cluster to show a write; each further one is twice as long. */
const firstSettleMs = 100;
const firstBackOffMs = 50;
const longestBackOffMs = 2_000;

/** Reads the user and writes it with its revision as condition. `false`: somebody else wrote in between. */
async function write(desired: DesiredGrant, { api, signal }: Context): Promise<boolean> {
  const cluster = clusterOf(api, desired);
  const user = await cluster.users.get(desired.user, signal);
  if (user === undefined) return false;
  const change = changeOf(user, desired);
  return isNoChange(change) || withoutConflict(() => cluster.users.update(changedUser(user, change), signal));
}

/** Others have the same conflict at the same moment, so nobody waits equally long. */
function backOffMs(attempts: number, { randomBytes }: Api): number {
  const [random = 0] = randomBytes(1);
  return Math.min(firstBackOffMs * 2 ** (attempts - 1), longestBackOffMs) * (0.5 + random / 512);
}

/** Does one step. Grants of this process to one user wait for one another; those of others are found by the revision. */
export async function perform(step: GrantStep, desired: DesiredGrant, run: GrantRun, context: Context): Promise<void> {
  const { api, signal } = context;
  if (step.kind === "settle") {
    await context.sleep(firstSettleMs * 2 ** run.settles, signal);
    run.settles++;
    return;
  }
  run.attempts++;
  run.settles = 0;
  const place = JSON.stringify([desired.clusterKey ?? null, desired.user]);
  run.wasWritten = await queueOf(api.connections).run(place, () => write(desired, context), signal);
  if (!run.wasWritten) await context.sleep(backOffMs(run.attempts, api), signal);
}
