import { validateLabelKeys } from "../../../trust";
import type { Validator, Value } from "../../framework";

/** Labels whose keys the cluster takes; it refuses others only when they are written. */
export const labelKeysValidator: Validator = (value) => validateLabelKeys((value as ReadonlyMap<string, Value>).keys());
