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
import { schemaRpcs } from "./schema-rpcs";

/** Every call of tfplugin6's service, served by the framework's provider server. */
export function providerRoutes(server: ProviderServer, log: Log): Route[] {
  const context: RpcContext = { running: new RunningCalls(), log };
  return [
    ...schemaRpcs(server),
    ...providerRpcs(server, context),
    ...resourceRpcs(server, context),
    ...dataSourceRpcs(server, context),
    ...ephemeralRpcs(server, context),
    ...functionRpcs(server, context),
  ];
}
