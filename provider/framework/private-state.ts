/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * What a provider remembers about one resource instance beside its state: values by key, stored by Terraform as one JSON
 * object, in clear and not shown. Secrets do not belong here. What is not changed is kept.
 */
export class PrivateState {
  readonly #values: Map<string, Json>;

  private constructor(values: Map<string, Json>) {
    this.#values = values;
  }

  /**
   * Reads what an earlier call stored. Bytes that are no JSON object (another provider's, after `state replace-provider`) are an empty
   * memory, not an error.
   */
  static parse(bytes: Uint8Array): PrivateState {
    return new PrivateState(parseObject(bytes));
  }

  /** `undefined` when nothing is stored under the key. */
  get(key: string): Json | undefined {
    return this.#values.get(key);
  }

  /** Stores a value; `undefined` removes the key. */
  set(key: string, value: Json | undefined): void {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }

  /** Empty bytes when nothing is stored. */
  toBytes(): Uint8Array {
    if (this.#values.size === 0) return new Uint8Array(0);
    return Buffer.from(JSON.stringify(Object.fromEntries(this.#values)));
  }
}

function parseObject(bytes: Uint8Array): Map<string, Json> {
  if (bytes.length === 0) return new Map();
  try {
    const parsed: unknown = JSON.parse(utf8.decode(bytes));
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return new Map();
    return new Map(Object.entries(parsed as Record<string, Json>));
  } catch {
    return new Map();
  }
}
