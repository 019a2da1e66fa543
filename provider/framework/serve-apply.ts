import { echo, encodeState, hasError, isNullBytes, NULL_BYTES } from "./answers";
import type { ResourceContext } from "./context";
import type { Core, Report } from "./core";
import { decodeValue } from "./msgpack";
import { configuredPaths } from "./plan";
import { PrivateState } from "./private-state";
import type { Outcome, Resource } from "./resource";
import { typeOfSchema } from "./schema-type";
import { CONFIGURED } from "./serve-plan";
import type { ApplyRequest, StateAnswer, ValueBytes } from "./server";
import { isObject, isWhollyKnown, type ObjectValue } from "./value";

/** ApplyResourceChange: create, update or delete, by what is null. */
export function applyChange<Api>(core: Core<Api>, request: ApplyRequest, signal: AbortSignal): Promise<StateAnswer> {
  const find = () => core.find(core.resources, "resource", request.typeName);
  return core.answer(
    `${verb(request)} ${request.typeName}`,
    () => find().schema.attributes,
    signal,
    // What failed as a whole changed nothing that is known: the state stays, and of a create there is none.
    () => ({ state: echo(request.prior), private: request.private }),
    (report) => apply(core, find(), request, signal, report),
  );
}

function verb({ prior, planned }: ApplyRequest): string {
  if (isNullBytes(prior)) return "creating";
  return isNullBytes(planned) ? "deleting" : "updating";
}

async function apply<Api>(
  core: Core<Api>,
  resource: Resource<Api>,
  request: ApplyRequest,
  signal: AbortSignal,
  report: Report,
): Promise<Omit<StateAnswer, "diagnostics">> {
  const context = core.resourceContext(signal, PrivateState.parse(request.private));
  if (isNullBytes(request.planned)) return destroy(resource, request, context, report);
  const config = decodeKnown(resource, request.config);
  const outcome = await write(resource, request, config, context);
  for (const problem of outcome.problems ?? []) report(problem);
  if (outcome.state !== null) remember(resource, config, context);
  return {
    state: encodeState(resource.schema, outcome.state, hasError(outcome.problems), report),
    private: context.private.toBytes(),
  };
}

async function destroy<Api>(
  resource: Resource<Api>,
  request: ApplyRequest,
  context: ResourceContext<Api>,
  report: Report,
): Promise<Omit<StateAnswer, "diagnostics">> {
  if (!isNullBytes(request.prior)) {
    const problems = await resource.delete({ prior: decodeObject(resource, request.prior) }, context);
    for (const problem of problems ?? []) report(problem);
    if (hasError(problems)) return { state: request.prior, private: context.private.toBytes() };
  }
  return { state: NULL_BYTES, private: new Uint8Array(0) };
}

function write<Api>(
  resource: Resource<Api>,
  request: ApplyRequest,
  config: ObjectValue,
  context: ResourceContext<Api>,
): Promise<Outcome> {
  const planned = decodeObject(resource, request.planned);
  if (isNullBytes(request.prior)) return resource.create({ planned, config }, context);
  return resource.update({ prior: decodeObject(resource, request.prior), planned, config }, context);
}

/** Kept for the next plan, which sees by it what the configuration no longer sets. */
function remember<Api>(resource: Resource<Api>, config: ObjectValue, context: ResourceContext<Api>): void {
  const paths = configuredPaths(resource.schema.attributes, config);
  context.private.set(CONFIGURED, paths.length === 0 ? undefined : paths);
}

function decodeObject<Api>(resource: Resource<Api>, bytes: ValueBytes): ObjectValue {
  const value = decodeValue(typeOfSchema(resource.schema), bytes);
  if (!isObject(value)) throw new Error("protocol error: an object was expected, not null or unknown");
  return value;
}

function decodeKnown<Api>(resource: Resource<Api>, bytes: ValueBytes): ObjectValue {
  const config = decodeObject(resource, bytes);
  if (!isWhollyKnown(config)) throw new Error("protocol error: the configuration is not known at apply");
  return config;
}
