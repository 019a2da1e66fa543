import { hasError } from "./answers";
import type { ResourceContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import { alreadyExists, notReadBack } from "./object-problems";
import type { ObjectClient } from "./object-resource";
import type { ObjectKind } from "./object-state";
import { problemsOf } from "./problem-diagnostic";
import { readUntil } from "./read-back";
import type { Outcome } from "./resource";
import { withConfigured, withoutUnknown } from "./state-rules";
import type { ObjectValue } from "./value";

interface Creation<Message, Id, Api> {
  readonly kind: ObjectKind<Message, Id, Api>;
  readonly planned: ObjectValue;
  readonly config: ObjectValue;
  readonly context: ResourceContext<Api>;
  readonly client: ObjectClient<Message, Id>;
  readonly key: string | undefined;
  readonly id: Id;
}

/**
 * Creates an object that must not exist. From the moment that it may exist, every failure still answers a state.
 *
 * @throws when nothing was made
 */
export async function createObject<Message, Id, Api>(
  kind: ObjectKind<Message, Id, Api>,
  { planned, config }: { readonly planned: ObjectValue; readonly config: ObjectValue },
  context: ResourceContext<Api>,
): Promise<Outcome> {
  const { resource, place } = kind;
  const key = place.knownKeyOf(planned);
  const id = resource.identity.ofValue(planned);
  const client = resource.client(context.api, key);
  const creation = { kind, planned, config, context, client, key, id };
  const problems = await checkBeforeWrite(creation);
  if (hasError(problems)) return { state: null, problems };
  const existing = await client.get(id, context.signal);
  if (existing !== undefined) throw await existsProblem(creation, existing);
  const outcome = await writeNew(creation);
  return { ...outcome, problems: [...problems, ...(outcome.problems ?? [])] };
}

async function checkBeforeWrite<M, Id, Api>(creation: Creation<M, Id, Api>): Promise<readonly ProblemShape[]> {
  const { kind, planned, config, context, key } = creation;
  const change = { phase: "apply", action: "create", prior: null, planned, config } as const;
  const checked = await kind.resource.check?.(change, { ...context, connectionKey: key });
  return checked?.problems ?? [];
}

async function writeNew<M, Id, Api>(creation: Creation<M, Id, Api>): Promise<Outcome> {
  const { kind, planned, config, context, client } = creation;
  const draft = kind.draft(planned, undefined, config);
  let stored: M | undefined;
  try {
    stored = await client.create(draft, context.signal);
  } catch (error) {
    return await afterFailedWrite(creation, error);
  }
  return await afterWrite(creation, stored);
}

/** The object is made: whatever fails now, the state goes back with it. */
async function afterWrite<M, Id, Api>(creation: Creation<M, Id, Api>, stored: M | undefined): Promise<Outcome> {
  const { kind, planned, context, client, key, id } = creation;
  try {
    const get = () => client.get(id, context.signal);
    const message = stored ?? (await readUntil(get, () => true, context)).message;
    if (message !== undefined) return await kind.outcome(message, planned, key, context);
    const title = await kind.place.title(key, context);
    return { state: halfMade(creation), problems: [notReadBack(kind.named(id), title)] };
  } catch (error) {
    return { state: halfMade(creation), problems: creationProblems(creation, error) };
  }
}

/**
 * A write whose answer was lost may have been carried out. There was no such object a moment ago, so one that has all that was
 * asked for is the one that was made; it is kept, with the error, so that it is not lost. Anything else belongs to somebody else.
 */
async function afterFailedWrite<M, Id, Api>(creation: Creation<M, Id, Api>, error: unknown): Promise<Outcome> {
  const { kind, planned, config, context, client, key, id } = creation;
  const found = await client.get(id, context.signal).catch(() => undefined);
  if (found === undefined) throw error;
  if (context.classify(error) === "exists") throw await existsProblem(creation, found);
  if (!kind.isSame(kind.draft(planned, found, config), found)) throw error;
  const outcome = await kind.outcome(found, planned, key, context);
  return { ...outcome, problems: creationProblems(creation, error) };
}

/** What is known of an object that was made and cannot be looked at. */
function halfMade<M, Id, Api>({ kind, planned }: Creation<M, Id, Api>): ObjectValue {
  const known = withoutUnknown(planned) as ObjectValue;
  return withConfigured(kind.resource.schema.attributes, known, planned);
}

function creationProblems<M, Id, Api>(creation: Creation<M, Id, Api>, error: unknown): readonly ProblemShape[] {
  const { kind, context } = creation;
  return problemsOf(error, `creating ${kind.resource.typeName}`, context.signal, context.log);
}

async function existsProblem<M, Id, Api>(creation: Creation<M, Id, Api>, existing: M): Promise<ProblemShape> {
  const { kind, context, key, id } = creation;
  const named = kind.named(id);
  const importId = key === undefined ? named.name : `${key}/${named.name}`;
  const title = await kind.place.title(key, context);
  return alreadyExists(named, title, importId, kind.resource.revision(existing));
}
