import type { ResourceContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import { createObject } from "./object-create";
import { checkObjectPlan } from "./object-plan";
import { notThereToImport, stateKept } from "./object-problems";
import type { ObjectResource } from "./object-resource";
import { ObjectKind } from "./object-state";
import { updateObject } from "./object-update";
import { isProblem } from "./problem-diagnostic";
import type { Outcome, Resource, StateView, Unchanged } from "./resource";
import type { ObjectValue } from "./value";

/**
 * The resource that mirrors one API object. What it promises for every kind:
 *
 * - an object that is gone leaves the state; deleting one that is gone succeeds;
 * - create refuses an object that exists and offers the import command;
 * - the state is what was read back, except attributes that are never read, which stay as configured;
 * - update reads, changes and writes, so that what the schema lacks survives; a write of somebody else in between is read and kept;
 * - update waits for the revision to move, and says so when it does not;
 * - a failure after the object was made still returns it, so that Terraform taints it and does not lose it;
 * - an object that has the revision of the last time gives the state back as it is, without being looked into;
 * - nothing is done in another cluster than the one that the object is in, whatever the connection's key says.
 */
export function mirroredObject<Message, Id, Api>(resource: ObjectResource<Message, Id, Api>): Resource<Api> {
  const kind = new ObjectKind(resource);
  return {
    typeName: resource.typeName,
    get schema() {
      return resource.schema;
    },
    ...(resource.validateConfig && { validateConfig: (config) => resource.validateConfig?.(config) ?? [] }),
    ...(resource.customizePlan && {
      customizePlan: (change, context) => resource.customizePlan?.(change, context) ?? {},
    }),
    ...(resource.customizesUnchanged && { customizesUnchanged: true }),
    ...(resource.upgradeState && {
      upgradeState: (state, version) => resource.upgradeState?.(state, version) ?? state,
    }),
    checkPlan: (change, context) => checkObjectPlan(kind, change, context),
    create: (request, context) => createObject(kind, completed(resource, request, context), context),
    read: ({ state }, context) => readObject(kind, state, context),
    update: (request, context) => updateObject(kind, completed(resource, request, context), context),
    delete: ({ prior }, context) => deleteObject(kind, prior, context),
    importState: (id, context) => importObject(kind, id, context),
  };
}

function completed<M, Id, Api, Request extends { readonly planned: ObjectValue }>(
  resource: ObjectResource<M, Id, Api>,
  request: Request,
  context: ResourceContext<Api>,
): Request {
  const { planned } = request;
  return { ...request, planned: resource.complete?.(planned, context) ?? planned };
}

async function readObject<M, Id, Api>(
  kind: ObjectKind<M, Id, Api>,
  state: StateView,
  context: ResourceContext<Api>,
): Promise<Outcome | Unchanged> {
  const { resource, place } = kind;
  const picked = state.pick([resource.identity.path[0], ...place.attributes]);
  const key = place.knownKeyOf(picked);
  const id = resource.identity.ofValue(picked);
  try {
    const client = resource.client(context.api, key);
    await place.assertSame(key, kind.named(id), context);
    const message = await client.get(id, context.signal);
    if (message === undefined) return { state: null };
    if (kind.isUnchanged(message, context)) return { unchanged: true };
    return await kind.outcome(message, state.value(), key, context);
  } catch (error) {
    const meaning = context.classify(error);
    const isAboutConnection = meaning === "connection-removed" || meaning === "connection-unknown";
    if (!isAboutConnection || !isProblem(error)) throw error;
    return { unchanged: true, problems: [stateKept(kind.named(id), error)] };
  }
}

async function deleteObject<M, Id, Api>(
  kind: ObjectKind<M, Id, Api>,
  prior: ObjectValue,
  context: ResourceContext<Api>,
): Promise<undefined> {
  const { resource, place } = kind;
  const key = place.knownKeyOf(prior);
  const id = resource.identity.ofValue(prior);
  const client = resource.client(context.api, key);
  await place.assertSame(key, kind.named(id), context);
  await client.delete(id, context.signal);
}

async function importObject<M, Id, Api>(
  kind: ObjectKind<M, Id, Api>,
  importId: string,
  context: ResourceContext<Api>,
): Promise<{ readonly state: ObjectValue; readonly problems: readonly ProblemShape[] }> {
  const { resource, place } = kind;
  const { key, rest } = place.parseImportId(importId, context.api);
  const id = resource.identity.ofImport(rest);
  const message = await resource.client(context.api, key).get(id, context.signal);
  if (message === undefined) {
    const { importForm = "<name>" } = resource.identity;
    const form =
      place.connection === undefined ? `\`${importForm}\`` : `\`${importForm}\`, or \`<cluster>/${importForm}\``;
    throw notThereToImport(kind.named(id), await place.title(key, context), form);
  }
  const { state } = await kind.outcome(message, undefined, key, context);
  return { state: state as ObjectValue, problems: [...(resource.identity.importAdvice?.(rest) ?? [])] };
}
