import { echo, encodeState, isNullBytes, NULL_BYTES } from "./answers";
import type { Core } from "./core";
import { parseJson } from "./lossless-json";
import { decodeAttributes, decodeValue } from "./msgpack";
import { PrivateState } from "./private-state";
import type { Resource, StateView } from "./resource";
import { typeOfSchema } from "./schema-type";
import type { DiagnosticsAnswer, StateAnswer, ValueBytes } from "./server";
import { valueFromParsedJson } from "./state-json";
import { withDefaults } from "./state-rules";
import { isObject, type ObjectValue } from "./value";
import { ValueError } from "./value-error";

/** ReadResource. */
export function readResource<Api>(
  core: Core<Api>,
  request: { readonly typeName: string; readonly state: ValueBytes; readonly private: Uint8Array },
  signal: AbortSignal,
): Promise<StateAnswer> {
  const find = () => core.find(core.resources, "resource", request.typeName);
  const unchanged = () => ({ state: echo(request.state), private: request.private });
  return core.answer(
    `reading ${request.typeName}`,
    () => find().schema.attributes,
    signal,
    unchanged,
    async (report) => {
      if (isNullBytes(request.state)) return unchanged();
      const resource = find();
      const context = core.resourceContext(signal, PrivateState.parse(request.private));
      const outcome = await resource.read({ state: new LazyState(resource, request.state) }, context);
      for (const problem of outcome.problems ?? []) report(problem);
      if ("unchanged" in outcome) return { state: request.state, private: context.private.toBytes() };
      return {
        state: encodeState(resource.schema, outcome.state, false, report),
        private: context.private.toBytes(),
      };
    },
  );
}

class LazyState<Api> implements StateView {
  #value: ObjectValue | undefined;

  constructor(
    readonly resource: Resource<Api>,
    readonly bytes: ValueBytes,
  ) {}

  value(): ObjectValue {
    this.#value ??= decodeObject(this.resource, this.bytes);
    return this.#value;
  }

  pick(names: readonly string[]): ObjectValue {
    return this.#value ?? decodeAttributes(typeOfSchema(this.resource.schema), this.bytes, names);
  }
}

function decodeObject<Api>(resource: Resource<Api>, bytes: ValueBytes): ObjectValue {
  const value = decodeValue(typeOfSchema(resource.schema), bytes);
  if (!isObject(value)) throw new Error("protocol error: a state is an object");
  return value;
}

/** UpgradeResourceState: also the way in which every state of the current version comes, as JSON. */
export function upgradeState<Api>(
  core: Core<Api>,
  request: { readonly typeName: string; readonly version: number; readonly rawState: Uint8Array },
  signal: AbortSignal,
): Promise<DiagnosticsAnswer & { state: ValueBytes }> {
  const find = () => core.find(core.resources, "resource", request.typeName);
  return core.answer(
    `reading the stored state of ${request.typeName}`,
    () => find().schema.attributes,
    signal,
    () => ({ state: NULL_BYTES }),
    async (report) => {
      const state = stateFromJson(find(), request.version, request.rawState);
      return { state: encodeState(find().schema, state, false, report) };
    },
  );
}

function stateFromJson<Api>(resource: Resource<Api>, version: number, raw: Uint8Array): ObjectValue | null {
  try {
    const json = upgraded(resource, version, parseJson(Buffer.from(raw).toString("utf8")));
    // An attribute that the schema no longer has, or that another provider had, is left behind.
    return valueFromParsedJson(typeOfSchema(resource.schema), json, "drop") as ObjectValue | null;
  } catch (error) {
    if (error instanceof ValueError || error instanceof SyntaxError) throw unreadableState(resource, error);
    throw error;
  }
}

function upgraded<Api>(resource: Resource<Api>, version: number, json: unknown): unknown {
  const current = resource.schema.version ?? 0;
  if (version >= current || json === null) return json;
  return resource.upgradeState?.(json as Record<string, unknown>, version) ?? json;
}

/** Of a SyntaxError only the fact is told: its text quotes the state, which may hold secrets. */
function unreadableState<Api>(resource: Resource<Api>, error: ValueError | SyntaxError): object {
  const reason = error instanceof ValueError ? error.message : "it is not JSON";
  return {
    code: "STATE_INVALID",
    what: `the stored state of this ${resource.typeName} does not fit the provider's schema: ${reason}`,
    where: [],
    next: "Restore the state from a backup, or remove this resource with `terraform state rm` and import it again.",
  };
}

/** ImportResourceState. */
export function importState<Api>(
  core: Core<Api>,
  request: { readonly typeName: string; readonly id: string },
  signal: AbortSignal,
): Promise<DiagnosticsAnswer & { resources: readonly { typeName: string; state: ValueBytes; private: Uint8Array }[] }> {
  const { typeName, id } = request;
  const find = () => core.find(core.resources, "resource", typeName);
  return core.answer(
    `importing ${typeName}`,
    () => find().schema.attributes,
    signal,
    () => ({ resources: [] }),
    async (report) => {
      const resource = find();
      if (resource.importState === undefined) throw notImportable(typeName);
      const context = core.resourceContext(signal, PrivateState.empty());
      const { state, problems = [] } = await resource.importState(id, context);
      for (const problem of problems) report(problem);
      const whole = withDefaults(resource.schema.attributes, state);
      const bytes = encodeState(resource.schema, whole, false, report);
      return { resources: [{ typeName, state: bytes, private: context.private.toBytes() }] };
    },
  );
}

function notImportable(typeName: string): object {
  return {
    code: "IMPORT_UNSUPPORTED",
    what: `${typeName} cannot be imported`,
    where: [],
    next: "Write it in the configuration and apply: creating it takes over what is there already.",
  };
}
