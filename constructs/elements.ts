import { ref, TerraformElement, Token } from "cdktf";
import type { Construct } from "constructs";

/** A text as a literal of an expression, byte for byte what it holds. CDKTF's own functions do not escape backslashes and templates. */
export function expressionText(text: string): string {
  if (Token.isUnresolved(text)) return text;
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t")
    .replaceAll(/([$%])\{/g, "$1$1{");
  return `"${escaped}"`;
}

/** What a check asserts. */
export interface Assertion {
  /** An expression of Terraform's language, such as `contains(data.x.y.z, "a")`. */
  readonly condition: string;
  /** A template: may hold `${…}`. */
  readonly message: string;
}

/** The data source that a check reads, for itself alone. */
export interface ScopedData {
  readonly type: string;
  readonly id: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A `check` block, which CDKTF does not know: it is read after each apply and in each plan, and what fails is a warning. */
export class CheckBlock extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly data: ScopedData,
    private readonly assertions: readonly Assertion[],
  ) {
    super(scope, id, "check");
  }

  override toTerraform(): unknown {
    const { type, id, arguments: given } = this.data;
    const assert = this.assertions.map(({ condition, message }) => ({
      condition: `\${${condition}}`,
      error_message: message,
    }));
    return { check: { [this.friendlyUniqueId]: { data: { [type]: { [id]: given } }, assert } } };
  }
}

/** An ephemeral resource, which CDKTF 0.21 does not know: its values are in no plan and no state. */
export class EphemeralResource extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly type: string,
    private readonly given: Readonly<Record<string, unknown>>,
  ) {
    super(scope, id, `ephemeral.${type}`);
  }

  /** A reference to an attribute; good only in the same stack, where Terraform accepts ephemeral values. */
  attribute(name: string): string {
    return Token.asString(ref(`ephemeral.${this.type}.${this.friendlyUniqueId}.${name}`, this.cdktfStack));
  }

  override toTerraform(): unknown {
    return { ephemeral: { [this.type]: { [this.friendlyUniqueId]: this.given } } };
  }
}
