/** The command line itself is wrong: exit code 2. The message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * The value of an option that must be there.
 *
 * @param option as it is typed, such as `--out DIR`
 * @throws UsageError when it is missing
 */
export function required<Value>(value: Value | undefined, option: string): Value {
  if (value === undefined || value === "") throw new UsageError(`${option} is missing. --help shows how it is used.`);
  return value;
}
