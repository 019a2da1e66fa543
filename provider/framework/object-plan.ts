import type { ResourceContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import { cannotDelete, cannotDeleteYet, notChecked } from "./object-problems";
import type { CheckedChange } from "./object-resource";
import type { ObjectKind } from "./object-state";
import type { Path } from "./path";
import { isProblem } from "./problem-diagnostic";
import type { PlanCheck, PlannedChange } from "./resource";
import { type ObjectValue, Unknown } from "./value";

/** What servers and connections say about a plan: whether it can be carried out, and where. */
export async function checkObjectPlan<Message, Id, Api>(
  kind: ObjectKind<Message, Id, Api>,
  change: PlannedChange,
  context: ResourceContext<Api>,
): Promise<PlanCheck> {
  if (change.planned === null) return checkDelete(kind, change.prior as ObjectValue, context);
  const key = kind.place.keyOf(change.planned);
  if (key === Unknown) return {};
  const connectionKey = key as string | undefined;
  const refused = connectionProblem(kind, connectionKey, context);
  if (refused === "unknown") return {};
  if (refused !== undefined) return { problems: [atConnection(kind, refused)] };
  const fault = await kind.resource.connection?.fault?.(context.api, connectionKey, context.signal);
  if (fault !== undefined) return { problems: fault === "told" ? [] : [fault] };
  const moved = await movedPath(kind, change, connectionKey, context);
  const checked = await askKind(kind, change, connectionKey, context);
  return { problems: checked.problems ?? [], replace: [...moved, ...(checked.replace ?? [])] };
}

/** A delete that cannot be done is refused before anything else of the plan is. */
async function checkDelete<M, Id, Api>(
  kind: ObjectKind<M, Id, Api>,
  prior: ObjectValue,
  context: ResourceContext<Api>,
): Promise<PlanCheck> {
  const key = kind.place.knownKeyOf(prior);
  const named = kind.named(kind.resource.identity.ofValue(prior));
  const refused = connectionProblem(kind, key, context);
  if (refused === "unknown") return {};
  if (refused !== undefined) return { problems: [cannotDelete(named, refused)] };
  const fault = await kind.resource.connection?.fault?.(context.api, key, context.signal);
  return { problems: fault === undefined || fault === "told" ? [] : [cannotDeleteYet(named, fault)] };
}

/** Why there is no client for a connection; `unknown` while its settings are. No server is asked. */
function connectionProblem<M, Id, Api>(
  kind: ObjectKind<M, Id, Api>,
  key: string | undefined,
  context: ResourceContext<Api>,
): ProblemShape | "unknown" | undefined {
  try {
    kind.resource.client(context.api, key);
    return undefined;
  } catch (error) {
    if (context.classify(error) === "connection-unknown") return "unknown";
    if (isProblem(error)) return error;
    throw error;
  }
}

function atConnection<M, Id, Api>(kind: ObjectKind<M, Id, Api>, problem: ProblemShape): ProblemShape {
  const { code, what, where, next } = problem;
  const attribute = kind.resource.connection?.attribute;
  return { code, what, where: where.length > 0 || attribute === undefined ? where : [attribute], next };
}

/** Another key replaces the object only if it leads to another cluster, for certain. Where nobody can tell now, apply will. */
async function movedPath<M, Id, Api>(
  kind: ObjectKind<M, Id, Api>,
  { prior, planned }: PlannedChange,
  key: string | undefined,
  context: ResourceContext<Api>,
): Promise<readonly Path[]> {
  const { place, resource } = kind;
  if (resource.connection === undefined || prior === null || place.keyOf(prior) === key) return [];
  const named = kind.named(resource.identity.ofValue(planned as ObjectValue));
  try {
    const moved = await place.movedFrom(key, named, context);
    return moved === undefined ? [] : [[resource.connection.attribute]];
  } catch {
    return [];
  }
}

async function askKind<M, Id, Api>(
  kind: ObjectKind<M, Id, Api>,
  change: PlannedChange,
  connectionKey: string | undefined,
  context: ResourceContext<Api>,
): Promise<PlanCheck> {
  const checked: CheckedChange = { ...change, phase: "plan" };
  try {
    return (await kind.resource.check?.(checked, { ...context, connectionKey })) ?? {};
  } catch (error) {
    if (!isProblem(error)) throw error;
    return { problems: [notChecked(error)] };
  }
}
