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
    return await work();
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException | undefined)?.code ?? ""];
    if (reason === undefined) throw error;
    throw new Error(`cannot write to ${folder}: ${reason}. Name another folder by --out.`, { cause: error });
  }
}
