import type { ProblemShape } from "./diagnostic";
import type { Path } from "./path";
import type { Type } from "./type";
import type { ObjectValue, Value } from "./value";

/** Who sets an attribute: the configuration must, may, must not, or may where otherwise the provider does. */
export type Mode = "required" | "optional" | "computed" | "optional-computed";

/** Attributes by name, in the order in which documentation shows them. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** What all attributes have, whatever their type. */
export interface AttributeBase {
  readonly mode: Mode;
  /** Markdown, at least one sentence. */
  readonly description: string;
  /** Hidden in Terraform's output. The value still travels and is stored in clear. */
  readonly sensitive?: boolean;
  /**
   * Never stored: the value is seen in the configuration only and is null in every plan and state. Required or optional
   * attributes of resources only, not inside sets, Terraform 1.11 or newer.
   */
  readonly writeOnly?: boolean;
  /** The sentence that tells what to use instead; a configuration that sets the attribute gets it as a warning. */
  readonly deprecated?: string;
  /** Planned where the configuration has null. Mode must be `optional-computed`. */
  readonly default?: Value;
  /** Planned as the prior value when something else changes, not as unknown: for values that stay, such as an id. */
  readonly keepPrior?: boolean;
  /**
   * State holds what the configuration says, never what the server answers: for secrets. Import leaves it null.
   * Only object resources look at it.
   */
  readonly neverRead?: boolean;
  /** A change destroys the object and makes a new one: always (`true`), or where the function says so. */
  readonly replace?: true | ((change: AttributeChange) => boolean);
  /** A warning that goes with the plan when this attribute's change replaces the object. */
  readonly replaceWarning?: (change: AttributeChange) => Omit<ProblemShape, "where" | "severity">;
  /** Called with known, non-null values only (the value may hold unknowns inside). */
  readonly validate?: readonly Validator[];
}

/** An attribute of a plain type. */
export interface TypedAttribute extends AttributeBase {
  readonly type: Type;
}

/** An attribute that is an object, or a collection of objects, with attributes of their own. */
export interface NestedAttribute extends AttributeBase {
  readonly nested: { readonly nesting: "single" | "list" | "set" | "map"; readonly attributes: Attributes };
}

/** One attribute of a schema. */
export type Attribute = TypedAttribute | NestedAttribute;

/** A change of one attribute, as replacement rules see it. */
export interface AttributeChange {
  readonly path: Path;
  readonly prior: Value;
  /** Unknown when the change is not known yet. */
  readonly planned: Value;
  /** The whole object before and after. */
  readonly priorState: ObjectValue;
  readonly plannedState: ObjectValue;
}

/** Checks one value; answers what is wrong with it, nothing when it is right. `where` of a problem is relative to the value. */
export type Validator = (value: Value) => Iterable<ProblemShape>;

/** The schema of a provider block, resource, data source or ephemeral resource. */
export interface Schema {
  /** Version of the state's form; resources only. 0 when absent. */
  readonly version?: number;
  /** Markdown. */
  readonly description: string;
  readonly deprecated?: string;
  readonly attributes: Attributes;
}
