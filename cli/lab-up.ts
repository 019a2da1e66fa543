import { join } from "node:path";
import { parseArgs } from "node:util";

import type { AuditEvent, LabOptions, Suite } from "../lab";
import {
  clustersTable,
  defaultTeleportVersion,
  guideClusters,
  guideNode,
  guideUser,
  Lab,
  LabFolder,
  labFiles,
  publishLab,
} from "../lab";
import { formatDurationMs } from "../trust";
import { durationOption, wholeNumberOption } from "./option-values";
import { required, UsageError } from "./usage-error";
import { writingInto } from "./writing-into";

/** More leaves than anybody tries by hand; each has its own sockets and authorities. */
const maxLeaves = 200;

const suites: readonly Suite[] = ["balanced-v1", "legacy"];

type UpOptions = LabOptions & { readonly statusRefreshMs: number };

/** `teleport-trust lab up`: a lab in the foreground, until it is told to end. */
export async function labUp(args: readonly string[]): Promise<number> {
  const { folder: path, options } = parse(args);
  const end = endSignal();
  const folder = await writingInto(path, () => LabFolder.take(path));
  let lab: Lab | undefined;
  try {
    lab = createLab({ ...options, homesFolder: join(folder.path, labFiles.homes) });
    await serve(await lab.ready, folder, options, end.signalled);
  } finally {
    end.forget();
    await lab?.dispose();
    folder.remove();
  }
  return 0;
}

function createLab(options: LabOptions): Lab {
  try {
    return new Lab(options);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

async function serve(lab: Lab, folder: LabFolder, options: UpOptions, signalled: Promise<void>): Promise<void> {
  const stopPrinting = printEvents(lab);
  const published = await publishLab(lab, folder);
  const file = (name: string) => join(folder.path, name);
  print(`\n${clustersTable(lab)}`);
  for (const line of sshLines(lab, file(labFiles.sshConfig))) print(line);
  print(`Whatever talks to the proxies trusts them with SSL_CERT_FILE=${file(labFiles.proxyCas)}`);
  print(`The status of leaves is computed every ${formatDurationMs(options.statusRefreshMs)}; a real root takes 40s.`);
  // The last line, so that whoever waits for it has read the others.
  print(`Ready: ${file(labFiles.labJson)}. Ctrl-C ends the lab.\n`);
  await signalled;
  print("\nEnding the lab.");
  stopPrinting();
  await published.close();
}

/** How to log in to a leaf's node, once the leaf has joined. */
function sshLines({ leaves }: Lab, config: string): string[] {
  const [leaf] = leaves.filter(({ nodes }) => nodes.length > 0);
  if (leaf === undefined) return [];
  const line = (login: string, node: string | undefined) =>
    `ssh -F ${config} ${login}@${node}.${leaf.name} logs in through the root, once it has joined`;
  if (leaf.nodes.some(({ hostname }) => hostname === guideNode)) {
    return [`${line("visitor", guideNode)} and \`lab login ${guideUser}\` has been run.`];
  }
  return [`${line("alice", leaf.nodes[0]?.hostname)}.`];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function parse(args: readonly string[]): { folder: string; options: UpOptions } {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: text,
      leaves: text,
      guide: { type: "boolean" },
      "teleport-version": text,
      suite: text,
      "status-refresh": text,
    },
  });
  const folder = required(values.out, "--out DIR");
  const suite = suites.find((name) => name === (values.suite ?? "balanced-v1"));
  if (suite === undefined) throw new UsageError(`--suite is one of ${suites.join(", ")}, not "${values.suite}"`);
  const statusRefreshMs = durationOption("--status-refresh", values["status-refresh"] ?? "1s");
  if (statusRefreshMs < 1) throw new UsageError("--status-refresh is at least 1ms");
  const teleportVersion = values["teleport-version"] ?? defaultTeleportVersion;
  return {
    folder,
    options: { ...clustersFrom(values), suite, teleportVersion, statusRefreshMs },
  };
}

/** Which clusters the options ask for. */
function clustersFrom({
  guide = false,
  leaves,
}: {
  guide?: boolean | undefined;
  leaves?: string | undefined;
}): LabOptions {
  if (guide && leaves !== undefined) throw new UsageError("--guide has one leaf, the guide's: leave out --leaves");
  if (guide) return guideClusters;
  const count = wholeNumberOption("--leaves", leaves ?? "1");
  if (count > maxLeaves) throw new UsageError(`--leaves is at most ${maxLeaves}, not ${count}`);
  return { leaves: Array.from({ length: count }, () => ({})) };
}

/** Prints each audit event, and the table of clusters again whenever it changed. Answers how to stop that. */
function printEvents(lab: Lab): () => void {
  let shown = clustersTable(lab);
  const onEvent = (event: AuditEvent) => print(eventText(event));
  const onChange = () => {
    const table = clustersTable(lab);
    if (table === shown) return;
    shown = table;
    print(`\n${table}`);
  };
  const stop = lab.clusters.map(({ events }) => events.onEvent(onEvent));
  stop.push(lab.root.storage.onChange(({ kind }) => kind === "remote_cluster" && onChange()));
  return () => {
    for (const cancel of stop) cancel();
  };
}

function eventText({ timeMs, cluster, event, user, name, success, detail }: AuditEvent): string {
  const time = new Date(timeMs).toISOString().slice(11, 19);
  const by = user === "" ? "" : ` by ${user}`;
  return `${time} ${cluster} ${event}${success ? "" : " FAILED"} ${name}${by}${detail === undefined ? "" : `: ${detail}`}`;
}

/**
 * Resolves at the first signal to end, or when nobody reads the output any more; a second signal ends the process at
 * once, as if there were no handler.
 */
function endSignal(): { readonly signalled: Promise<void>; forget(): void } {
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  let onSignal = () => {};
  const forget = () => {
    for (const name of names) process.removeListener(name, onSignal);
    process.stdout.removeListener("error", onSignal);
  };
  const signalled = new Promise<void>((resolve) => {
    onSignal = () => {
      forget();
      resolve();
    };
  });
  for (const name of names) process.on(name, onSignal);
  process.stdout.on("error", onSignal);
  return { signalled, forget };
}
