import type { ProviderServer } from "../framework";
import type { Route } from "../grpc";
import { diagnosticMessage } from "./diagnostics";
import type { Timestamp } from "./gen/google/protobuf/timestamp";
import {
  CloseEphemeralResource_Request,
  CloseEphemeralResource_Response,
  OpenEphemeralResource_Request,
  OpenEphemeralResource_Response,
  RenewEphemeralResource_Request,
  RenewEphemeralResource_Response,
  ValidateEphemeralResourceConfig_Request,
  ValidateEphemeralResourceConfig_Response,
} from "./gen/tfplugin6/tfplugin6";
import { type RpcContext, rpc } from "./rpc";
import { bufferOf, bytesOf, dynamicValue } from "./values";

/** The calls about ephemeral resources. */
export function ephemeralRpcs(server: ProviderServer, context: RpcContext): Route[] {
  return [validateRpc(server, context), openRpc(server, context), renewRpc(server, context), closeRpc(server, context)];
}

function validateRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [ValidateEphemeralResourceConfig_Request, ValidateEphemeralResourceConfig_Response] as const;
  return rpc(context, "ValidateEphemeralResourceConfig", ...codecs, async ({ type_name, config }, signal) => {
    const asked = { typeName: type_name, config: bytesOf(config) };
    const { diagnostics } = await server.validateEphemeralResourceConfig(asked, signal);
    return { diagnostics: diagnostics.map(diagnosticMessage) };
  });
}

function openRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [OpenEphemeralResource_Request, OpenEphemeralResource_Response] as const;
  return rpc(context, "OpenEphemeralResource", ...codecs, async ({ type_name, config }, signal) => {
    const answer = await server.openEphemeralResource({ typeName: type_name, config: bytesOf(config) }, signal);
    return {
      result: dynamicValue(answer.result),
      private: bufferOf(answer.private),
      renew_at: timestamp(answer.renewAtMs),
      diagnostics: answer.diagnostics.map(diagnosticMessage),
    };
  });
}

function renewRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [RenewEphemeralResource_Request, RenewEphemeralResource_Response] as const;
  return rpc(context, "RenewEphemeralResource", ...codecs, async (request, signal) => {
    const asked = { typeName: request.type_name, private: request.private ?? new Uint8Array(0) };
    const answer = await server.renewEphemeralResource(asked, signal);
    return {
      private: bufferOf(answer.private),
      renew_at: timestamp(answer.renewAtMs),
      diagnostics: answer.diagnostics.map(diagnosticMessage),
    };
  });
}

function closeRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [CloseEphemeralResource_Request, CloseEphemeralResource_Response] as const;
  return rpc(context, "CloseEphemeralResource", ...codecs, async (request, signal) => {
    const asked = { typeName: request.type_name, private: request.private ?? new Uint8Array(0) };
    const { diagnostics } = await server.closeEphemeralResource(asked, signal);
    return { diagnostics: diagnostics.map(diagnosticMessage) };
  });
}

/** Epoch milliseconds as the protocol has them; the fraction of a second counts forwards, also before 1970. */
function timestamp(epochMs: number | undefined): Timestamp | undefined {
  if (epochMs === undefined) return undefined;
  const seconds = Math.floor(epochMs / 1000);
  return { seconds, nanos: Math.round((epochMs - seconds * 1000) * 1e6) };
}
