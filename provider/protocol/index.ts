// tfplugin6, Terraform's plugin protocol, in front of the framework: messages in, messages out, nothing decided here.
import type { Log, ProviderServer } from "../framework";
import type { Route } from "../grpc";
import { dataSourceRpcs } from "./data-source-rpcs";
import { ephemeralRpcs } from "./ephemeral-rpcs";
import { functionRpcs } from "./function-rpcs";
import { providerRpcs } from "./provider-rpcs";
import { resourceRpcs } from "./resource-rpcs";
import type { RpcContext } from "./rpc";
import { RunningCalls } from "./running-calls";
import { type StoredAnswer, schemaRpcs } from "./schema-rpcs";

export type { StoredAnswer } from "./schema-rpcs";

/**
 * Every call of tfplugin6's service, served by the framework's provider server.
 *
 * @param storedSchema the answer to `GetProviderSchema`, where it was made before
 */
export function providerRoutes(server: ProviderServer, log: Log, storedSchema?: StoredAnswer): Route[] {
  const context: RpcContext = { running: new RunningCalls(), log };
  return [
    ...schemaRpcs(server, storedSchema),
    ...providerRpcs(server, context),
    ...resourceRpcs(server, context),
    ...dataSourceRpcs(server, context),
    ...ephemeralRpcs(server, context),
    ...functionRpcs(server, context),
  ];
}
