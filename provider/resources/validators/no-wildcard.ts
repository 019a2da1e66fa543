import type { Validator, Value } from "../../framework";
import { invalid } from "./invalid";

/** A list in which the cluster takes no `*`; `noun` is what one element names, such as `login`. */
export function noWildcardValidator(noun: string): Validator {
  return function* (value) {
    for (const [index, element] of (value as readonly Value[]).entries()) {
      if (element !== "*") continue;
      yield invalid(`"*" is no ${noun}: the cluster takes no wildcard here`, `Name each ${noun}.`, [index]);
    }
  };
}
