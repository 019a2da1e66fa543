import type { ProviderServer } from "../framework";
import type { MessageCodec, Route } from "../grpc";
import {
  GetFunctions_Response,
  GetMetadata_Response,
  GetProviderSchema_Response,
  type ServerCapabilities,
} from "./gen/tfplugin6/tfplugin6";
import { functionMessage, schemaMessage } from "./schema-messages";

const capabilities: ServerCapabilities = {
  /** Ask us before a destroy: a removal that cannot work is refused while nothing has been done yet. */
  plan_destroy: true,
  /** Every call works without the schema having been asked for in the same process. */
  get_provider_schema_optional: true,
  move_resource_state: false,
};

/** The bytes of an answer that was made before, if there are any. */
export type StoredAnswer = () => Promise<Uint8Array | undefined>;

const notStored: StoredAnswer = async () => undefined;

/**
 * The calls that tell what the provider has: always the same answer, made once.
 *
 * @param storedSchema the answer to `GetProviderSchema`, from the same server
 */
export function schemaRpcs(server: ProviderServer, storedSchema = notStored): Route[] {
  return [
    constantRoute("GetProviderSchema", GetProviderSchema_Response, () => providerSchema(server), storedSchema),
    constantRoute("GetMetadata", GetMetadata_Response, () => metadata(server)),
    constantRoute("GetFunctions", GetFunctions_Response, () => ({ functions: functions(server), diagnostics: [] })),
  ];
}

function constantRoute<Answer>(
  name: string,
  codec: MessageCodec<Answer>,
  make: () => Answer,
  stored = notStored,
): Route {
  let bytes: Uint8Array | undefined;
  return {
    path: `/tfplugin6.Provider/${name}`,
    kind: "unary",
    answer: async () => {
      bytes ??= (await stored()) ?? codec.encode(make()).finish();
      return bytes;
    },
  };
}

function providerSchema(server: ProviderServer): GetProviderSchema_Response {
  const { provider, resources, dataSources, ephemeralResources } = server.schemas();
  return {
    provider: schemaMessage(provider),
    resource_schemas: mapValues(resources, schemaMessage),
    data_source_schemas: mapValues(dataSources, schemaMessage),
    ephemeral_resource_schemas: mapValues(ephemeralResources, schemaMessage),
    functions: functions(server),
    provider_meta: undefined,
    diagnostics: [],
    server_capabilities: capabilities,
  };
}

function metadata(server: ProviderServer): GetMetadata_Response {
  const { resources, dataSources, ephemeralResources, functions } = server.schemas();
  const typeNames = (kinds: ReadonlyMap<string, unknown>) => [...kinds.keys()].map((type_name) => ({ type_name }));
  return {
    server_capabilities: capabilities,
    diagnostics: [],
    resources: typeNames(resources),
    data_sources: typeNames(dataSources),
    ephemeral_resources: typeNames(ephemeralResources),
    functions: [...functions.keys()].map((name) => ({ name })),
  };
}

function functions(server: ProviderServer): GetFunctions_Response["functions"] {
  return mapValues(server.schemas().functions, functionMessage);
}

function mapValues<From, To>(map: ReadonlyMap<string, From>, convert: (value: From) => To): Record<string, To> {
  return Object.fromEntries([...map].map(([name, value]) => [name, convert(value)]));
}
