import { ConnectError } from "@connectrpc/connect";

/** The gRPC error that a call ends with. @throws Error when it succeeds */
export async function grpcFailure(call: Promise<unknown>): Promise<ConnectError> {
  try {
    await call;
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error("the call went through");
}
