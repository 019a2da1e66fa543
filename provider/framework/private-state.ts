/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const EMPTY = new Uint8Array(0);

/**
 * What a provider remembers about one resource instance beside its state: values by key, stored by Terraform as one JSON
 * object, in clear and not shown. Secrets do not belong here. What is not changed is kept. Keys that begin with `.` are the framework's.
 */
export class PrivateState {
  readonly #original: Uint8Array;
  readonly #values: Map<string, Json>;
  #changed = false;

  private constructor(original: Uint8Array) {
    this.#original = original;
    this.#values = parseObject(original);
  }

  /**
   * Reads what an earlier call stored. Bytes that are no JSON object (another provider's, after `state replace-provider`) are an empty
   * memory, not an error.
   */
  static parse(bytes: Uint8Array): PrivateState {
    return new PrivateState(bytes);
  }

  /** A memory with nothing in it. */
  static empty(): PrivateState {
    return new PrivateState(EMPTY);
  }

  /** `undefined` when nothing is stored under the key. */
  get(key: string): Json | undefined {
    return this.#values.get(key);
  }

  /** Stores a value; `undefined` removes the key. */
  set(key: string, value: Json | undefined): void {
    this.#changed = true;
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }

  /** The very bytes that were read when nothing changed; empty when nothing is stored. */
  toBytes(): Uint8Array {
    if (!this.#changed) return this.#original;
    if (this.#values.size === 0) return EMPTY;
    return Buffer.from(JSON.stringify(Object.fromEntries(this.#values)));
  }
}

function parseObject(bytes: Uint8Array): Map<string, Json> {
  if (bytes.length === 0) return new Map();
  try {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return new Map();
    return new Map(Object.entries(parsed as Record<string, Json>));
  } catch {
    return new Map();
  }
}
