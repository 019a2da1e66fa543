import type { Log } from "../framework";
import { grpcMethod, type MessageCodec, type Route, unaryRoute } from "../grpc";
import { bugDiagnostic } from "./diagnostics";
import type { Diagnostic } from "./gen/tfplugin6/tfplugin6";
import type { RunningCalls } from "./running-calls";

/** What all calls of the service share. */
export interface RpcContext {
  readonly running: RunningCalls;
  readonly log: Log;
}

/** A ts-proto codec that can fill in the fields that are not given. */
export interface AnswerCodec<Answer> extends MessageCodec<Answer> {
  create(base: { diagnostics: Diagnostic[] }): Answer;
}

/** The route of a call of tfplugin6's service, by its name. */
export function providerMethod<Request, Answer>(
  name: string,
  request: MessageCodec<Request>,
  answer: MessageCodec<Answer>,
) {
  return grpcMethod(`/tfplugin6.Provider/${name}`, request, answer);
}

/**
 * Serves one call whose answer carries diagnostics. An error that escapes the work is a bug and becomes one of them: the host shows
 * a diagnostic in full, and of a failed call little.
 */
export function rpc<Request, Answer extends { diagnostics: Diagnostic[] }>(
  { running, log }: RpcContext,
  name: string,
  requestCodec: MessageCodec<Request>,
  answerCodec: AnswerCodec<Answer>,
  work: (request: Request, signal: AbortSignal) => Promise<Answer>,
): Route {
  return unaryRoute(providerMethod(name, requestCodec, answerCodec), async (request, call) => {
    try {
      return await running.run(call.signal, (signal) => work(request, signal));
    } catch (error) {
      log.error("a call failed by a bug", { call: name, stack: error instanceof Error ? error.stack : String(error) });
      return answerCodec.create({ diagnostics: [bugDiagnostic(name, error)] });
    }
  });
}
