import type { HandlerContext } from "@connectrpc/connect";
import { createContextKey } from "@connectrpc/connect";

import type { Caller } from "./caller";
import type { VerifiedPeer } from "./verify-peer";

/** What a call knows of the connection that it came over. */
export interface CallConnection {
  readonly peer: VerifiedPeer | undefined;
  /** `host:port` of the client. */
  readonly remoteAddr: string;
  /** Ends the connection once the answer is out. */
  readonly close: () => void;
}

const nobody: CallConnection = { peer: undefined, remoteAddr: "", close: () => {} };

/** The connection of a gRPC call. */
export const connectionKey = createContextKey<CallConnection>(nobody, { description: "connection of the call" });

/** The caller of a gRPC call; set before any handler runs. */
export const callerKey = createContextKey<Caller>({ kind: "nop", user: "nop" }, { description: "caller" });

/** Who makes a gRPC call. */
export function callerOf(call: HandlerContext): Caller {
  return call.values.get(callerKey);
}

/** The version that a client says it has; `undefined` when it says none. */
export function clientVersionOf(headers: Headers): string | undefined {
  return headers.get("version") ?? undefined;
}
