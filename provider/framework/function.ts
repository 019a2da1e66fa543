import type { Type } from "./type";
import type { Value } from "./value";

/** One parameter of a provider function. */
export interface Parameter {
  readonly name: string;
  readonly type: Type;
  /** Markdown. */
  readonly description: string;
  readonly allowNull?: boolean;
  readonly allowUnknown?: boolean;
}

/**
 * A provider function: pure, the same arguments always give the same result, no server. Throw {@link FunctionArgumentError} to blame one argument.
 */
export interface FunctionDefinition {
  readonly name: string;
  /** One line of plain text. */
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly variadic?: Parameter;
  readonly returns: Type;
  readonly deprecated?: string;
  call(args: readonly Value[]): Value;
}

/** An argument that a function does not take. Terraform shows it with the parameter's name. */
export class FunctionArgumentError extends Error {
  override readonly name = "FunctionArgumentError";

  constructor(
    /** Counted from 0. */
    readonly argument: number,
    message: string,
  ) {
    super(message);
  }
}
