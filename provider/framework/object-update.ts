import { hasError } from "./answers";
import type { ResourceContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import { goneBeforeUpdate, revisionStood } from "./object-problems";
import type { ObjectClient } from "./object-resource";
import type { ObjectKind } from "./object-state";
import { readUntil } from "./read-back";
import type { Outcome } from "./resource";
import type { ObjectValue } from "./value";

/** Writes of others that one update gives way to before it gives up. */
const MAX_CONFLICTS = 5;

interface Update<Message, Id, Api> {
  readonly kind: ObjectKind<Message, Id, Api>;
  readonly prior: ObjectValue;
  readonly planned: ObjectValue;
  readonly config: ObjectValue;
  readonly context: ResourceContext<Api>;
  readonly client: ObjectClient<Message, Id>;
  readonly key: string | undefined;
  readonly id: Id;
}

/**
 * Changes an object in place: reads it, writes the plan on top, reads it back. Writes nothing when that would change nothing.
 *
 * @throws when the object is gone, or in another cluster than before, and whatever the calls throw; the state then stays as it was
 */
export async function updateObject<Message, Id, Api>(
  kind: ObjectKind<Message, Id, Api>,
  request: { readonly prior: ObjectValue; readonly planned: ObjectValue; readonly config: ObjectValue },
  context: ResourceContext<Api>,
): Promise<Outcome> {
  const { resource, place } = kind;
  const key = place.knownKeyOf(request.planned);
  const id = resource.identity.ofValue(request.planned);
  const update = { ...request, kind, context, client: resource.client(context.api, key), key, id };
  await place.assertSame(key, kind.named(id), context);
  const problems = await checkBeforeWrite(update);
  if (hasError(problems)) return { state: request.prior, problems };
  const { message, warnings } = await write(update);
  const outcome = await kind.outcome(message, request.planned, key, context);
  return { ...outcome, problems: [...problems, ...warnings] };
}

async function checkBeforeWrite<M, Id, Api>(update: Update<M, Id, Api>): Promise<readonly ProblemShape[]> {
  const { kind, prior, planned, config, context, key } = update;
  const change = { phase: "apply", action: "update", prior, planned, config } as const;
  const checked = await kind.resource.check?.(change, { ...context, connectionKey: key });
  return checked?.problems ?? [];
}

interface Written<Message> {
  readonly message: Message;
  readonly warnings: readonly ProblemShape[];
}

async function write<M, Id, Api>(update: Update<M, Id, Api>): Promise<Written<M>> {
  for (let conflicts = 0; ; conflicts++) {
    const base = await readBase(update);
    try {
      return await writeOnto(base, update);
    } catch (error) {
      if (update.context.classify(error) !== "conflict" || conflicts >= MAX_CONFLICTS) throw error;
      update.context.log.debug(`${update.kind.resource.noun} was changed by somebody else: reading it again`);
    }
  }
}

async function readBase<M, Id, Api>(update: Update<M, Id, Api>): Promise<M> {
  const { kind, client, context, key, id } = update;
  const base = await client.get(id, context.signal);
  if (base === undefined) throw goneBeforeUpdate(kind.named(id), await kind.place.title(key, context));
  return base;
}

async function writeOnto<M, Id, Api>(base: M, update: Update<M, Id, Api>): Promise<Written<M>> {
  const { kind, planned, config, context, client } = update;
  const draft = kind.draft(planned, base, config);
  if (kind.isSame(draft, base)) return { message: base, warnings: [] };
  const stored = await client.update(draft, context.signal);
  return stored === undefined ? await readBack(base, draft, update) : { message: stored, warnings: [] };
}

/** What is read before the revision moves is the old object, which is not what was planned; then what was written counts. */
async function readBack<M, Id, Api>(base: M, draft: M, update: Update<M, Id, Api>): Promise<Written<M>> {
  const { kind, context, client, key, id } = update;
  const before = kind.resource.revision(base);
  const hasMoved = (message: M) => before === "" || kind.resource.revision(message) !== before;
  const { message, isSettled } = await readUntil(() => client.get(id, context.signal), hasMoved, context);
  const title = () => kind.place.title(key, context);
  if (message === undefined) throw goneBeforeUpdate(kind.named(id), await title());
  if (isSettled) return { message, warnings: [] };
  return { message: draft, warnings: [revisionStood(kind.named(id), await title(), before)] };
}
