import type { ProviderServer } from "../framework";
import type { Route } from "../grpc";
import { diagnosticMessage } from "./diagnostics";
import {
  ReadDataSource_Request,
  ReadDataSource_Response,
  ValidateDataResourceConfig_Request,
  ValidateDataResourceConfig_Response,
} from "./gen/tfplugin6/tfplugin6";
import { type RpcContext, rpc } from "./rpc";
import { bytesOf, dynamicValue } from "./values";

/** The calls about data sources. */
export function dataSourceRpcs(server: ProviderServer, context: RpcContext): Route[] {
  return [validateRpc(server, context), readRpc(server, context)];
}

function validateRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [ValidateDataResourceConfig_Request, ValidateDataResourceConfig_Response] as const;
  return rpc(context, "ValidateDataResourceConfig", ...codecs, async ({ type_name, config }, signal) => {
    const asked = { typeName: type_name, config: bytesOf(config) };
    const { diagnostics } = await server.validateDataSourceConfig(asked, signal);
    return { diagnostics: diagnostics.map(diagnosticMessage) };
  });
}

function readRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [ReadDataSource_Request, ReadDataSource_Response] as const;
  return rpc(context, "ReadDataSource", ...codecs, async ({ type_name, config }, signal) => {
    const asked = { typeName: type_name, config: bytesOf(config) };
    const { state, diagnostics } = await server.readDataSource(asked, signal);
    return { state: dynamicValue(state), diagnostics: diagnostics.map(diagnosticMessage) };
  });
}
