/** A problem of the fake API: the shape of the product's own, which the framework must not know. */
export class FakeProblem extends Error {
  override readonly name = "FakeProblem";

  constructor(
    readonly code: string,
    readonly what: string,
    readonly next: string,
    readonly where: readonly (string | number)[] = [],
    readonly severity: "error" | "warning" = "error",
  ) {
    super(what);
  }
}
