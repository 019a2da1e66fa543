import type { Validator, Value } from "../../framework";
import { invalid } from "./invalid";

function listed(values: readonly string[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return quoted.length === 1 ? (quoted[0] as string) : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

/** One of these texts. */
export function oneOfValidator(...values: readonly string[]): Validator {
  return (value) => {
    if (values.includes(value as string)) return [];
    return [
      invalid(`${JSON.stringify(value)} is none of the values that are allowed here`, `Write ${listed(values)}.`),
    ];
  };
}

/** A text for which an empty one means the same as none. */
export function unlessEmpty(validate: Validator): Validator {
  return (value) => (value === "" ? [] : validate(value));
}

/** A list of these texts. */
export function eachOneOfValidator(...values: readonly string[]): Validator {
  const validate = oneOfValidator(...values);
  return function* (list) {
    for (const [index, element] of (list as readonly Value[]).entries()) {
      if (typeof element !== "string") continue;
      for (const { what, next } of validate(element)) yield invalid(what, next, [index]);
    }
  };
}
