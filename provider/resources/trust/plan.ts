import { Problem } from "../../../trust";
import type { Api } from "../../cluster";
import {
  asWarning,
  newObject,
  type ObjectValue,
  type Path,
  type PlanAdjustment,
  type PlanCheck,
  type PlannedChange,
  type ProblemShape,
  type ResourceContext,
  Unknown,
  type Value,
} from "../../framework";
import { isPlannedRole } from "../planned-roles";
import { connectionFault } from "../shared/connection-fault";
import { type Sides, sidesOf } from "./clusters";
import { desiredFrom } from "./desired";
import type { DesiredTrust, TrustFacts } from "./facts";
import { missingSide } from "./memory";
import { next } from "./next";
import { observe } from "./observe";
import { createRun } from "./run";
import { warningsOf } from "./warnings";

const addresses = ["web_proxy_addr", "tunnel_addr"] as const;

function halfWarning(side: string | undefined): ProblemShape {
  return asWarning(
    new Problem(
      "TRUST_HALF",
      `${side ?? "one side of the trust"} is missing: nobody can reach the leaf through the root until this is applied`,
      ["joined"],
      "The apply removes what is left of the old trust and joins anew, in place; labels that others put on the leaf are kept.",
    ),
  );
}

function rejoinWarning(name: string): ProblemShape {
  return asWarning(
    new Problem(
      "TRUST_REJOIN",
      `a change of \`${name}\` makes the leaf join anew: its tunnel is down meanwhile`,
      [name],
      "It takes some seconds, and up to a minute until the root shows the leaf online again. Sessions through the root end.",
    ),
  );
}

function isSet(change: PlannedChange, name: string): boolean {
  return (change.config?.[name] ?? null) !== null;
}

function changed(planned: ObjectValue, changes: ObjectValue): ObjectValue {
  return Object.assign(newObject(), planned, changes);
}

/** Addresses that the configuration leaves open are found anew whenever the leaf joins. */
function openAddresses(change: PlannedChange): Record<string, Value> {
  return Object.fromEntries(addresses.filter((name) => !isSet(change, name)).map((name) => [name, Unknown]));
}

/**
 * Plans what a join will bring: `joined` is true after every apply, addresses that nobody set are known only then. A
 * half trust is repaired in place, never replaced: Terraform's replacing destroys before any check of the new one.
 */
export function customizePlan(
  change: PlannedChange,
  { private: memory }: Pick<ResourceContext<unknown>, "private">,
): PlanAdjustment {
  const { prior, planned } = change;
  if (planned === null) return {};
  if (prior === null) return { planned: changed(planned, { joined: true }) };
  if (prior.joined === false) {
    return {
      planned: changed(planned, { joined: true, ...openAddresses(change) }),
      problems: [halfWarning(missingSide(memory))],
    };
  }
  const moved = addresses.filter((name) => isSet(change, name) && prior[name] !== planned[name]);
  if (moved.length === 0) return {};
  return { planned: changed(planned, openAddresses(change)), problems: moved.map(rejoinWarning) };
}

/** What the same plan may be about to create is a warning now, and an error when it is still missing in apply. */
const notThereYet: ReadonlySet<string> = new Set(["TRUST_LOCAL_ROLE", "TRUST_LABELS_HIDE"]);

function planProblem(problem: Problem): ProblemShape {
  if (!notThereYet.has(problem.code)) return problem;
  return asWarning(
    new Problem(
      problem.code,
      `${problem.what} yet`,
      problem.where,
      `${problem.next} Apply checks it before it writes anything.`,
    ),
  );
}

/** Roles that this process has planned to create on the leaf count as there. */
function withPlannedRoles(facts: TrustFacts, desired: DesiredTrust, { connections }: Api): TrustFacts {
  if (facts.checks === undefined) return facts;
  const missingRoles = facts.checks.missingRoles.filter(
    ({ role }) => !isPlannedRole(connections, desired.leafKey, role),
  );
  return { ...facts, checks: { ...facts.checks, missingRoles } };
}

/** What is wrong with the connections themselves; undefined where both can be used, as far as anybody knows. */
async function connectionFaults(
  { rootKey, leafKey }: DesiredTrust,
  { api, signal }: ResourceContext<Api>,
): Promise<readonly ProblemShape[] | undefined> {
  const faults = await Promise.all([
    connectionFault(api, rootKey, "root", signal),
    connectionFault(api, leafKey, "leaf", signal),
  ]);
  if (faults.every((fault) => fault === undefined)) return undefined;
  return faults.filter((fault) => fault instanceof Problem);
}

interface Reached {
  /** `<root>/<leaf>`, undefined where one of them did not answer. */
  readonly names: { readonly root: string; readonly leaf: string } | undefined;
  readonly problems: readonly ProblemShape[];
}

async function reach({ root, leaf }: Sides, { api, signal }: ResourceContext<Api>): Promise<Reached> {
  const [first, second] = await Promise.all([
    api.bestEffort(root.title, (limit) => root.ping(limit), signal),
    api.bestEffort(leaf.title, (limit) => leaf.ping(limit), signal),
  ]);
  const problems = [first, second].flatMap((answer) =>
    answer.ok || answer.problem === undefined ? [] : asWarning(answer.problem),
  );
  if (!first.ok || !second.ok) return { names: undefined, problems };
  return { names: { root: first.value.clusterName, leaf: second.value.clusterName }, problems };
}

/** The keys whose real cluster is another one than the state's: another trust. */
function replacedSides(stateId: string, names: { readonly root: string; readonly leaf: string }): Path[] {
  const [root, leaf] = stateId.split("/");
  return [...(root === names.root ? [] : [["root"]]), ...(leaf === names.leaf ? [] : [["leaf"]])];
}

async function checkFacts(desired: DesiredTrust, sides: Sides, context: ResourceContext<Api>): Promise<ProblemShape[]> {
  const { api, signal } = context;
  const whom = `${sides.root.title} and ${sides.leaf.title}`;
  const answer = await api.bestEffort(
    whom,
    (limit) => observe(desired, createRun(), { ...context, signal: limit }),
    signal,
  );
  if (!answer.ok) return answer.problem === undefined ? [] : [asWarning(answer.problem)];
  const facts = withPlannedRoles(answer.value, desired, api);
  const decision = next(desired, facts);
  const refused = decision instanceof Problem ? [planProblem(decision)] : [];
  return [...refused, ...warningsOf(facts, { call: desired.call, firstFacts: facts, steps: [] })];
}

/**
 * Asks both clusters, best effort, what apply would say. For a delete only the connections must be there, so that
 * nothing else of the plan is applied before this is refused.
 *
 * @throws Problem CONNECTION_NOT_CONFIGURED, CONNECTION_UNKNOWN
 */
export async function checkPlan(change: PlannedChange, context: ResourceContext<Api>): Promise<PlanCheck> {
  const { action, prior, planned } = change;
  const value = planned ?? prior;
  if (value === null || typeof value.root !== "string" || typeof value.leaf !== "string") return {};
  const call = prior === null || action === "replace" ? "create" : "update";
  const desired = desiredFrom({ call, value, ...(prior === null ? {} : { prior }) }, context);
  const faults = await connectionFaults(desired, context);
  if (faults !== undefined) return { problems: faults };
  const sides = sidesOf(context.api, desired);
  if (planned === null) return {};
  const { names, problems } = await reach(sides, context);
  if (names === undefined) return { problems };
  const replace = desired.stateId === undefined ? [] : replacedSides(desired.stateId, names);
  if (replace.length > 0) return { problems, replace };
  return { problems: [...problems, ...(await checkFacts(desired, sides, context))] };
}
