import type { AttributeChange, Attributes, Mode, ProblemShape, Validator, Value } from "../../framework";

/** What the message's own description does not tell about an attribute. */
export interface Override {
  /** The field is no attribute; what an object has in it survives every update. */
  readonly hidden?: true;
  /** `optional` when absent. */
  readonly mode?: Mode;
  /** In place of the field's comment. */
  readonly doc?: string;
  readonly sensitive?: true;
  readonly deprecated?: string;
  readonly keepPrior?: true;
  readonly neverRead?: true;
  readonly replace?: true | ((change: AttributeChange) => boolean);
  readonly replaceWarning?: (change: AttributeChange) => Omit<ProblemShape, "where" | "severity">;
  readonly validate?: readonly Validator[];
  /**
   * What the cluster fills in when nothing is sent, if that is known: it is no drift where the configuration says nothing. A function gets the
   * whole message.
   */
  readonly serverDefault?: Value | ((message: Message) => Value | undefined);
  /** Keys of a map that the cluster sets by itself: neither shown nor removed unless the configuration has them. */
  readonly isServerOwned?: (key: string) => boolean;
  /** The object is shown although the cluster chose everything in it. */
  readonly neverNull?: true;
  /** An import shows `false` or 0 in place of null. */
  readonly importsZero?: true;
}

/** Overrides by attribute path with dots, list elements without index: `spec.role_map.remote`. */
export type Overrides = Readonly<Record<string, Override>>;

/** Attributes that no field stands behind, by the path of the object that holds them (empty for the top level). */
export type ExtraAttributes = Readonly<Record<string, Attributes>>;

/** A decoded message as the codecs of the cluster API make it: plain properties by field name. */
export type Message = Readonly<Record<string, unknown>>;
