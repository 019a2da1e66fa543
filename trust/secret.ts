import { inspect } from "node:util";

const shown = "(secret)";

/**
 * A text that must never be seen: it prints as `(secret)` in strings, JSON, `console.log` and error dumps.
 *
 * The text is not encrypted in memory; the type only keeps it from leaving by accident.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Call it at the last moment, where the text goes on the wire. */
  reveal(): string {
    return this.#text;
  }

  /** Whether both hold the same text. */
  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}
