import { Problem } from "../../../trust";
import { asWarning, type ProblemShape, type RelationCall } from "../../framework";
import type { DesiredGrant, GrantFacts } from "./facts";
import { type GrantItem, itemKey, itemText } from "./item";
import type { GrantStep } from "./step";

function signInProblem({ place, userName }: GrantFacts): Problem {
  return new Problem(
    "GRANT_SIGN_IN",
    `user "${userName}" must sign in to ${place.name} again before the grant counts`,
    [],
    "Roles and traits are part of a certificate, and change with the next one: `tsh logout`, then `tsh login`.",
  );
}

function stillHeldProblem({ place, userName }: GrantFacts, removed: readonly GrantItem[]): Problem {
  return new Problem(
    "GRANT_SIGN_IN",
    `user "${userName}" holds ${removed.map(itemText).join(", ")} on ${place.name} until the certificates that are out expire`,
    [],
    `If that is too long, lock the user out meanwhile: \`tctl lock --user=${userName}\`.`,
  );
}

function continuedProblem({ place, userName }: GrantFacts, items: readonly GrantItem[]): Problem {
  return new Problem(
    "GRANT_CONTINUED",
    `user "${userName}" on ${place.name} carries the mark of an earlier grant for ${items.map(itemText).join(", ")}: it is taken over, not made`,
    [],
    "Either an earlier apply was interrupted, then all is well; or another grant names it too. Then leave it in one of them: whichever is destroyed first takes it away.",
  );
}

function leftProblem({ place, userName }: GrantFacts, items: readonly GrantItem[]): Problem {
  return new Problem(
    "GRANT_LEFT",
    `user "${userName}" on ${place.name} keeps ${items.map(itemText).join(", ")}: somebody removed the mark that it was granted here`,
    [],
    "Whoever writes the whole user (another tool, `tctl create -f`) owns it now: take it away there.",
  );
}

/** What goes with a result and is no error. `steps` is empty in a plan. */
export function* warningsOf(
  facts: GrantFacts,
  source: {
    readonly call: RelationCall;
    readonly desired: DesiredGrant;
    readonly firstFacts: GrantFacts;
    readonly steps: readonly GrantStep[];
  },
): Iterable<ProblemShape> {
  const { call, desired, firstFacts, steps } = source;
  const writes = steps.flatMap((step) => (step.kind === "write" ? step : []));
  const removed = new Map(writes.flatMap(({ remove }) => remove).map((item) => [itemKey(item), item]));
  if (writes.some(({ add }) => add.length > 0)) yield asWarning(signInProblem(facts));
  if (removed.size > 0) yield asWarning(stillHeldProblem(facts, [...removed.values()]));
  if (firstFacts.user.status === "none") return;
  const { has, marked } = firstFacts.user;
  const found = (item: GrantItem) => has.has(itemKey(item));
  const continued = desired.items.filter((item) => found(item) && marked.has(itemKey(item)));
  if (call === "create" && continued.length > 0) yield asWarning(continuedProblem(facts, continued));
  const left = desired.dropped.filter(
    (item) => found(item) && !marked.has(itemKey(item)) && desired.granted.includes(itemKey(item)),
  );
  if (left.length > 0) yield asWarning(leftProblem(facts, left));
}
