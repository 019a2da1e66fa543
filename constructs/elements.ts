import { Lazy, TerraformElement, TerraformStack, Token } from "cdktf";
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

/** A `check` block, which CDKTF does not know: it is judged after each apply and in each plan, and what fails is a warning. */
export class CheckBlock extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly assertions: readonly Assertion[],
  ) {
    super(scope, id, "check");
  }

  override toTerraform(): unknown {
    const assert = this.assertions.map(({ condition, message }) => ({
      condition: `\${${condition}}`,
      error_message: message,
    }));
    return { check: { [this.friendlyUniqueId]: { assert } } };
  }
}

/**
 * A reference to an ephemeral value. In another stack CDKTF would hand it over by an output and a state, which Terraform refuses for such
 * values.
 *
 * @returns a token that throws an Error when the synthesis meets it in another stack than the element's
 */
function ephemeralReference(element: TerraformElement, expression: string): string {
  return Lazy.stringValue({
    produce: ({ scope }) => {
      if (TerraformStack.of(scope) === element.cdktfStack) return `\${${expression}}`;
      throw new Error(
        `${element.node.path} is ephemeral: it is there in the stack ${element.cdktfStack.node.path} only. Use it there, or make another one in ${TerraformStack.of(scope).node.path}`,
      );
    },
  });
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

  /** A reference to an attribute; good only in the same stack. */
  attribute(name: string): string {
    return ephemeralReference(this, `ephemeral.${this.type}.${this.friendlyUniqueId}.${name}`);
  }

  override toTerraform(): unknown {
    return { ephemeral: { [this.type]: { [this.friendlyUniqueId]: this.given } } };
  }
}

/**
 * A variable whose value is in no plan and no state, which CDKTF 0.21 does not know. It is null where nobody gives it: whoever needs a value
 * has to say so.
 *
 * It is not `sensitive` as well. That hides nothing more, and Terraform keeps this mark in the state: a later run without the value would
 * see a change where there is none.
 */
export class EphemeralVariable extends TerraformElement {
  /** @param name the variable's name, as it stands: it is set by `TF_VAR_<name>` */
  constructor(
    scope: Construct,
    name: string,
    private readonly description: string,
  ) {
    super(scope, name, "var");
    this.overrideLogicalId(name);
  }

  /** A reference to the value; good only in the same stack. */
  get stringValue(): string {
    return ephemeralReference(this, `var.${this.friendlyUniqueId}`);
  }

  override toTerraform(): unknown {
    const { description } = this;
    const variable = { type: "string", description, default: null, ephemeral: true };
    return { variable: { [this.friendlyUniqueId]: variable } };
  }
}
