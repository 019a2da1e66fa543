import { Problem } from "../../../trust";
import type { Validator, Value } from "../../framework";

/** Labels whose keys are not empty. */
export const labelKeysValidator: Validator = function* (value) {
  for (const key of (value as ReadonlyMap<string, Value>).keys()) {
    if (key.trim() === "") {
      yield new Problem("TRUST_LABELS", "a label has no key", [key], "Give it a key, such as `env`, or remove it.");
    }
  }
};
