import type { Path } from "./path";

/** A value that is not of the type that it should have, or bytes that are no value. */
export class ValueError extends Error {
  override readonly name = "ValueError";
  #path: (string | number)[] = [];

  constructor(readonly reason: string) {
    super(reason);
  }

  /** Where, from the root of the value. */
  get path(): Path {
    return this.#path;
  }

  /** Runs on the way out of each level. */
  within(step: string | number): this {
    this.#path.unshift(step);
    this.message = `${this.#path.map((part) => `[${JSON.stringify(part)}]`).join("")}: ${this.reason}`;
    return this;
  }
}

/** Adds a step to an error that passes through, whatever it is. */
export function at(error: unknown, step: string | number): unknown {
  return error instanceof ValueError ? error.within(step) : error;
}
