import { createHash } from "node:crypto";

/** How a token is named wherever people or files can see it: `sha256:<hex>` of its name, which is the secret. */
export function tokenHash(name: string): string {
  return `sha256:${createHash("sha256").update(name).digest("hex")}`;
}

/**
 * Every token that was ever stored in a cluster, in clear.
 *
 * For tests that search a whole work directory for leaked secrets; it never leaves the process.
 */
export class TokenLedger {
  readonly #names = new Set<string>();

  /** Remembers a token. */
  add(name: string): void {
    this.#names.add(name);
  }

  /** All tokens so far, oldest first. */
  get names(): readonly string[] {
    return [...this.#names];
  }
}
