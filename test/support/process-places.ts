import { readdirSync, readFileSync } from "node:fs";

import type { ApiCall, Lab } from "../../lab";
import type { Place } from "./secret-forms";

/** What the system tells everybody (arguments) and the same user (environment) of a process and all below it. Linux only. */
export function processPlaces(pid: number): Place[] {
  return family(pid).flatMap((id) => {
    const command = read(`/proc/${id}/cmdline`);
    const title = command.toString("utf8").replaceAll("\0", " ").trim();
    return [
      { name: `the arguments of \`${title}\``, bytes: command },
      { name: `the environment of \`${title}\``, bytes: read(`/proc/${id}/environ`) },
    ];
  });
}

function family(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const id of readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)) {
    // The name stands in brackets and may hold anything; what follows it is state and parent.
    const parent = Number(read(`/proc/${id}/stat`).toString("latin1").split(") ").at(-1)?.split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const all = [pid];
  for (const id of all) all.push(...(children.get(id) ?? []));
  return all;
}

/** A process may be gone while it is looked at. */
function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}

/** A child process that stands still to be looked at, such as a command of the configuration. */
export interface Standstill {
  /** Resolves when it has come to its standstill, with what lets it go on. */
  next(): Promise<() => void>;
}

/** What {@link watchProcesses} does beside looking. */
export interface Watch {
  /** Looked at, too: no call of a cluster may fall into the time in which it runs. */
  readonly standstill?: Standstill | undefined;
  /** Gets each call before it is answered, and the id of the process that is watched. */
  readonly called?: (call: ApiCall, root: number) => void;
}

/**
 * Looks at a process and its descendants at each call that its bot makes to a cluster, while the cluster keeps the answer back: no moment is missed by
 * chance, and none is waited for.
 *
 * @param run gets what to call with the process's id once it runs
 */
export async function watchProcesses<T>(
  lab: Lab,
  run: (started: (pid: number) => void) => Promise<T>,
  { standstill, called }: Watch = {},
): Promise<{ readonly result: T; readonly places: readonly Place[] }> {
  const places = new Map<string, Place>();
  let root: number | undefined;
  let isOver = false;
  const finished = run((pid) => {
    root = pid;
  }).finally(() => {
    isOver = true;
  });
  const settled = finished.then(
    () => undefined,
    () => undefined,
  );
  let standing = standstill?.next();
  while (!isOver) {
    const hold = lab.calls.holdAnswerOf(1, { user: "bot" });
    const moment = await Promise.race([hold.reached, settled, ...(standing === undefined ? [] : [standing])]);
    const seen = root === undefined || isOver ? [] : processPlaces(root);
    for (const place of seen) places.set(`${place.name}\n${place.bytes.toString("latin1")}`, place);
    if (typeof moment === "object" && root !== undefined) called?.(moment, root);
    hold.release();
    if (typeof moment !== "function") continue;
    standing = standstill?.next();
    moment();
  }
  return { result: await finished, places: [...places.values()] };
}
