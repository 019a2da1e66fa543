import { Problem } from "../../../trust";

/** What the cluster would refuse, said before it is asked. `where` begins at the value. */
export function invalid(what: string, next: string, where: readonly (string | number)[] = []): Problem {
  return new Problem("API_INVALID", what, where, next);
}
