import { mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** What the system says by a code, in words that follow "cannot write to DIR: ". */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOTDIR: "it, or a folder above it, is a file",
  EEXIST: "it is a file",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};

/**
 * Runs what writes into a folder that was named by `--out`.
 *
 * @throws Error with a sentence where the system does not let it write there; anything else as it was thrown
 */
export async function writingInto<Answer>(folder: string, work: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    assertCanBeMade(folder);
    return await work();
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException | undefined)?.code ?? ""];
    if (reason === undefined) throw error;
    throw refused(folder, reason, error);
  }
}

function refused(folder: string, reason: string, cause: unknown): Error {
  return new Error(`cannot write to ${folder}: ${reason}. Name another folder by --out.`, { cause });
}

/**
 * Makes the topmost folder that is missing, and removes it again. Where the system says of a new folder that its parent is not there, although it is
 * (/proc on Linux), Node's recursive mkdir never comes to an end.
 */
function assertCanBeMade(folder: string): void {
  const missing = topmostMissing(resolve(folder));
  if (missing === undefined) return;
  try {
    mkdirSync(missing);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw refused(folder, `no folder can be made in ${dirname(missing)}`, error);
    throw error;
  }
  rmdirSync(missing);
}

function topmostMissing(path: string): string | undefined {
  if (isThere(path)) return undefined;
  return isThere(dirname(path)) ? path : topmostMissing(dirname(path));
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
