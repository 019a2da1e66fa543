import { encodeState, NULL_BYTES } from "./answers";
import type { Environment } from "./context";
import { Core } from "./core";
import { decodeValue } from "./msgpack";
import type { ProviderDefinition } from "./provider";
import type { Schema } from "./schema";
import { typeOfSchema } from "./schema-type";
import { applyChange } from "./serve-apply";
import { EphemeralCalls } from "./serve-ephemeral";
import { callFunction } from "./serve-function";
import { planChange } from "./serve-plan";
import { importState, readResource, upgradeState } from "./serve-state";
import { validateDataSource, validateEphemeral, validateProvider, validateResource } from "./serve-validate";
import type { DiagnosticsAnswer, ProviderSchemas, ProviderServer, ValidateRequest, ValueBytes } from "./server";
import { isObject, isWhollyKnown, type ObjectValue } from "./value";

/**
 * Serves a provider definition, one process' worth: it is configured at most once. Does no work until it is called.
 *
 * @param environment log, time and sleep come from outside
 */
export function createProviderServer<Api>(
  definition: ProviderDefinition<Api>,
  environment: Environment,
): ProviderServer {
  const core = new Core(definition, environment);
  const ephemeral = new EphemeralCalls(core);
  let schemas: ProviderSchemas | undefined;
  return {
    schemas: () => {
      schemas ??= schemasOf(core);
      return schemas;
    },
    validateProviderConfig: (request, signal) => validateProvider(core, request, signal),
    configureProvider: (request, signal) => configure(core, request, signal),
    validateResourceConfig: (request, signal) => validateResource(core, request, signal),
    validateDataSourceConfig: (request, signal) => validateDataSource(core, request, signal),
    validateEphemeralResourceConfig: (request, signal) => validateEphemeral(core, request, signal),
    upgradeResourceState: (request, signal) => upgradeState(core, request, signal),
    readResource: (request, signal) => readResource(core, request, signal),
    planResourceChange: (request, signal) => planChange(core, request, signal),
    applyResourceChange: (request, signal) => applyChange(core, request, signal),
    importResourceState: (request, signal) => importState(core, request, signal),
    readDataSource: (request, signal) => readDataSource(core, request, signal),
    openEphemeralResource: (request, signal) => ephemeral.open(request, signal),
    renewEphemeralResource: (request, signal) => ephemeral.renew(request, signal),
    closeEphemeralResource: (request, signal) => ephemeral.close(request, signal),
    callFunction: (request, signal) => callFunction(core, request, signal),
  };
}

function schemasOf<Api>(core: Core<Api>): ProviderSchemas {
  const bySchema = (kinds: ReadonlyMap<string, { readonly schema: Schema }>) =>
    new Map([...kinds].map(([name, kind]) => [name, kind.schema]));
  return {
    provider: core.definition.schema,
    resources: bySchema(core.resources),
    dataSources: bySchema(core.dataSources),
    ephemeralResources: bySchema(core.ephemeralResources),
    functions: core.functions,
  };
}

function configure<Api>(
  core: Core<Api>,
  request: { readonly config: ValueBytes; readonly terraformVersion: string },
  signal: AbortSignal,
): Promise<DiagnosticsAnswer> {
  const { definition, environment } = core;
  return core.answer(
    "configuring the provider",
    () => definition.schema.attributes,
    signal,
    () => ({}),
    async (report) => {
      const config = decodeValue(typeOfSchema(definition.schema), request.config);
      if (!isObject(config)) throw new Error("protocol error: a provider configuration is an object");
      const { terraformVersion } = request;
      const configured = await definition.configure(config, { signal, terraformVersion, log: environment.log });
      for (const problem of configured.problems ?? []) report(problem);
      core.configured(configured.api);
      return {};
    },
  );
}

function readDataSource<Api>(
  core: Core<Api>,
  request: ValidateRequest,
  signal: AbortSignal,
): Promise<DiagnosticsAnswer & { state: ValueBytes }> {
  const find = () => core.find(core.dataSources, "data source", request.typeName);
  return core.answer(
    `reading data ${request.typeName}`,
    () => find().schema.attributes,
    signal,
    () => ({ state: NULL_BYTES }),
    async (report) => {
      const source = find();
      const config = knownConfig(source.schema, request.config);
      const { state, problems = [] } = await source.read(config, core.context(signal));
      for (const problem of problems) report(problem);
      return { state: encodeState(source.schema, state, false, report) };
    },
  );
}

function knownConfig(schema: Schema, bytes: ValueBytes): ObjectValue {
  const config = decodeValue(typeOfSchema(schema), bytes);
  if (!isObject(config) || !isWhollyKnown(config)) throw new Error("protocol error: the configuration is not known");
  return config;
}
