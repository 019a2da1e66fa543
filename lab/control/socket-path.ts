import { join, relative, resolve } from "node:path";

/** Name of the control socket in a lab's folder. */
export const socketName = "control.sock";

/** Bytes of a unix socket's path that every platform takes (macOS has the least; one is the ending zero). */
const maxPathBytes = 103;

/**
 * Path of the control socket of the lab in `folder`; relative to the working directory where that is shorter.
 *
 * @throws RangeError when it is too long for a socket either way
 */
export function socketPath(folder: string, workingDirectory = process.cwd()): string {
  const absolute = join(resolve(workingDirectory, folder), socketName);
  const short = relative(workingDirectory, absolute);
  const path = Buffer.byteLength(short) < Buffer.byteLength(absolute) ? short : absolute;
  if (Buffer.byteLength(path) <= maxPathBytes) return path;
  throw new RangeError(
    `the path ${absolute} is too long for a socket (at most ${maxPathBytes} bytes). Use a shorter folder, or one below the working directory.`,
  );
}
