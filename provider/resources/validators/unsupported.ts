import { Problem } from "../../../trust";
import type { Validator } from "../../framework";

/** An attribute of the official provider that does not work here yet: a clear error, never ignored. */
export function unsupported(name: string): Validator {
  return () => [
    new Problem(
      "API_UNSUPPORTED",
      `this provider cannot set \`${name}\` yet`,
      [],
      "Leave it out; what a role of the cluster has there stays as it is.",
    ),
  ];
}
