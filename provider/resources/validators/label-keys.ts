import { Problem } from "../../../trust";
import type { Validator, Value } from "../../framework";

/** What the key of a label may be made of. Source: Teleport's api/types/constants.go (`LabelPattern`). */
const labelKey = /^[a-zA-Z/.0-9_:*-]+$/;

function keyProblem(key: string): Problem | undefined {
  if (key.trim() === "") {
    return new Problem("TRUST_LABELS", "a label has no key", [key], "Give it a key, such as `env`, or remove it.");
  }
  if (labelKey.test(key)) return undefined;
  return new Problem(
    "TRUST_LABELS",
    `${JSON.stringify(key)} is not the key of a label`,
    [key],
    "Use letters, digits and the characters `/ . _ : * -`.",
  );
}

/** Labels whose keys the cluster takes; it refuses others only when they are written. */
export const labelKeysValidator: Validator = function* (value) {
  for (const key of (value as ReadonlyMap<string, Value>).keys()) {
    const problem = keyProblem(key);
    if (problem !== undefined) yield problem;
  }
};
