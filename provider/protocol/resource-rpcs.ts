import type { ProviderServer } from "../framework";
import type { Route } from "../grpc";
import { attributePath, diagnosticMessage } from "./diagnostics";
import {
  ApplyResourceChange_Request,
  ApplyResourceChange_Response,
  ImportResourceState_Request,
  ImportResourceState_Response,
  PlanResourceChange_Request,
  PlanResourceChange_Response,
  type RawState,
  ReadResource_Request,
  ReadResource_Response,
  UpgradeResourceState_Request,
  UpgradeResourceState_Response,
  ValidateResourceConfig_Request,
  ValidateResourceConfig_Response,
} from "./gen/tfplugin6/tfplugin6";
import { type RpcContext, rpc } from "./rpc";
import { bufferOf, bytesOf, dynamicValue } from "./values";

/** The calls about managed resources. */
export function resourceRpcs(server: ProviderServer, context: RpcContext): Route[] {
  return [
    validateRpc(server, context),
    upgradeRpc(server, context),
    readRpc(server, context),
    planRpc(server, context),
    applyRpc(server, context),
    importRpc(server, context),
  ];
}

function validateRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [ValidateResourceConfig_Request, ValidateResourceConfig_Response] as const;
  return rpc(context, "ValidateResourceConfig", ...codecs, async (request, signal) => {
    const { diagnostics } = await server.validateResourceConfig(
      {
        typeName: request.type_name,
        config: bytesOf(request.config),
        writeOnlyAllowed: request.client_capabilities?.write_only_attributes_allowed ?? false,
      },
      signal,
    );
    return { diagnostics: diagnostics.map(diagnosticMessage) };
  });
}

function upgradeRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [UpgradeResourceState_Request, UpgradeResourceState_Response] as const;
  return rpc(context, "UpgradeResourceState", ...codecs, async (request, signal) => {
    const { type_name, version, raw_state } = request;
    const asked = { typeName: type_name, version, rawState: jsonOf(raw_state) };
    const { state, diagnostics } = await server.upgradeResourceState(asked, signal);
    return { upgraded_state: dynamicValue(state), diagnostics: diagnostics.map(diagnosticMessage) };
  });
}

function readRpc(server: ProviderServer, context: RpcContext): Route {
  return rpc(context, "ReadResource", ReadResource_Request, ReadResource_Response, async (request, signal) => {
    const { type_name, current_state, private: memory } = request;
    const asked = { typeName: type_name, state: bytesOf(current_state), private: memory };
    const answer = await server.readResource(asked, signal);
    return {
      new_state: dynamicValue(answer.state),
      private: bufferOf(answer.private),
      diagnostics: answer.diagnostics.map(diagnosticMessage),
    };
  });
}

function planRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [PlanResourceChange_Request, PlanResourceChange_Response] as const;
  return rpc(context, "PlanResourceChange", ...codecs, async (request, signal) => {
    const answer = await server.planResourceChange(
      {
        typeName: request.type_name,
        prior: bytesOf(request.prior_state),
        proposed: bytesOf(request.proposed_new_state),
        config: bytesOf(request.config),
        private: request.prior_private,
      },
      signal,
    );
    return {
      planned_state: dynamicValue(answer.planned),
      requires_replace: answer.requiresReplace.map(attributePath),
      planned_private: bufferOf(answer.private),
      diagnostics: answer.diagnostics.map(diagnosticMessage),
    };
  });
}

function applyRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [ApplyResourceChange_Request, ApplyResourceChange_Response] as const;
  return rpc(context, "ApplyResourceChange", ...codecs, async (request, signal) => {
    const answer = await server.applyResourceChange(
      {
        typeName: request.type_name,
        prior: bytesOf(request.prior_state),
        planned: bytesOf(request.planned_state),
        config: bytesOf(request.config),
        private: request.planned_private,
      },
      signal,
    );
    return {
      new_state: dynamicValue(answer.state),
      private: bufferOf(answer.private),
      diagnostics: answer.diagnostics.map(diagnosticMessage),
    };
  });
}

function importRpc(server: ProviderServer, context: RpcContext): Route {
  const codecs = [ImportResourceState_Request, ImportResourceState_Response] as const;
  return rpc(context, "ImportResourceState", ...codecs, async (request, signal) => {
    const { resources, diagnostics } = await server.importResourceState(
      { typeName: request.type_name, id: request.id },
      signal,
    );
    return {
      imported_resources: resources.map(({ typeName, state, private: memory }) => ({
        type_name: typeName,
        state: dynamicValue(state),
        private: bufferOf(memory),
      })),
      diagnostics: diagnostics.map(diagnosticMessage),
    };
  });
}

/** @throws Error for state of Terraform 0.11 and before, which no provider of this protocol has written */
function jsonOf(state: RawState | undefined): Uint8Array {
  if (state === undefined || state.json.length === 0) throw new Error("protocol error: the stored state is not JSON");
  return state.json;
}
