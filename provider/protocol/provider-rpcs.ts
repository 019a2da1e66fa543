import type { ProviderServer } from "../framework";
import { type Route, unaryRoute } from "../grpc";
import { diagnosticMessage } from "./diagnostics";
import {
  ConfigureProvider_Request,
  ConfigureProvider_Response,
  StopProvider_Request,
  StopProvider_Response,
  ValidateProviderConfig_Request,
  ValidateProviderConfig_Response,
} from "./gen/tfplugin6/tfplugin6";
import { providerMethod, type RpcContext, rpc } from "./rpc";
import { bytesOf } from "./values";

/** The calls about the provider itself. */
export function providerRpcs(server: ProviderServer, context: RpcContext): Route[] {
  return [
    rpc(
      context,
      "ValidateProviderConfig",
      ValidateProviderConfig_Request,
      ValidateProviderConfig_Response,
      async (request, signal) => {
        const { diagnostics } = await server.validateProviderConfig({ config: bytesOf(request.config) }, signal);
        return { diagnostics: diagnostics.map(diagnosticMessage) };
      },
    ),
    rpc(
      context,
      "ConfigureProvider",
      ConfigureProvider_Request,
      ConfigureProvider_Response,
      async (request, signal) => {
        const { config, terraform_version } = request;
        const asked = { config: bytesOf(config), terraformVersion: terraform_version };
        const { diagnostics } = await server.configureProvider(asked, signal);
        return { diagnostics: diagnostics.map(diagnosticMessage) };
      },
    ),
    unaryRoute(providerMethod("StopProvider", StopProvider_Request, StopProvider_Response), () => {
      context.log.info("Terraform asks the provider to stop");
      context.running.stop();
      return { Error: "" };
    }),
  ];
}
