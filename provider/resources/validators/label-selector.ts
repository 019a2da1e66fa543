import { type Problem, validateSelector } from "../../../trust";
import { Unknown, type Validator, type Value } from "../../framework";
import { invalid } from "./invalid";

function* wildcardKeyProblems(key: string, list: readonly Value[]): Iterable<Problem> {
  if (key !== "*" || list.includes(Unknown) || (list.length === 1 && list[0] === "*")) return;
  const values = list.map((value) => String(value)).join(", ");
  yield invalid(`the label selector "*" = "${values}" matches nothing`, 'The key "*" takes the value "*" only.', [key]);
}

function expressionProblems(key: string, list: readonly Value[]): Problem[] {
  // Unknown values are left in place, as "": the index tells which value is wrong.
  const texts = list.map((value) => (typeof value === "string" ? value : ""));
  return validateSelector({ [key]: texts });
}

/** Labels that a role reaches: the key `*` takes the value `*` only, a value between `^` and `$` must be a regular expression. */
export const labelSelectorValidator: Validator = function* (value) {
  for (const [key, list] of value as ReadonlyMap<string, Value>) {
    if (!Array.isArray(list)) continue;
    yield* wildcardKeyProblems(key, list as readonly Value[]);
    yield* expressionProblems(key, list as readonly Value[]);
  }
};
