import { readdir, readFile, stat } from "node:fs/promises";

/** The little of a file system that credentials need. Every call rejects as Node's does, with `code`. */
export interface Files {
  /** As UTF-8 text. */
  read(path: string): Promise<string>;
  /** Permission bits, such as 0o600. */
  mode(path: string): Promise<number>;
  /** Names in a directory, sorted. */
  list(path: string): Promise<string[]>;
}

/** The file system of this machine. */
export const diskFiles: Files = {
  read: (path) => readFile(path, "utf8"),
  mode: async (path) => (await stat(path)).mode & 0o777,
  list: async (path) => (await readdir(path)).sort(),
};

/** Whether a failure says that there is no such file. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Why a file could not be read, in a few words: `no such file`, `permission denied`, or the system's code. */
export function fileFailure(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (isMissing(error)) return "no such file";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "EISDIR") return "it is a directory";
  return code ?? String(error);
}
