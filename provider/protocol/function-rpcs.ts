import type { ProviderServer } from "../framework";
import { type Route, unaryRoute } from "../grpc";
import { CallFunction_Request, CallFunction_Response } from "./gen/tfplugin6/tfplugin6";
import { providerMethod, type RpcContext } from "./rpc";
import { bytesOf, dynamicValue } from "./values";

/** The call of a provider function. */
export function functionRpcs(server: ProviderServer, { running, log }: RpcContext): Route[] {
  const method = providerMethod("CallFunction", CallFunction_Request, CallFunction_Response);
  const call = async (request: CallFunction_Request, signal: AbortSignal): Promise<CallFunction_Response> => {
    const asked = { name: request.name, arguments: request.arguments.map(bytesOf) };
    const answer = await server.callFunction(asked, signal);
    if ("result" in answer) return { result: dynamicValue(answer.result), error: undefined };
    const { text, argument } = answer.error;
    return { result: undefined, error: { text, function_argument: argument } };
  };
  return [
    unaryRoute(method, async (request, { signal }) => {
      try {
        return await running.run(signal, (stoppable) => call(request, stoppable));
      } catch (error) {
        log.error("a function failed by a bug", { function: request.name, error });
        const text = `${request.name} failed inside the provider, which is a bug in it: ${String(error)}`;
        return { result: undefined, error: { text, function_argument: undefined } };
      }
    }),
  ];
}
