import type { ClientCall } from "./client-call";
import { protocolError } from "./status";

/** The one message of a unary answer. Rejects with the call's failure, or when there is not exactly one. */
export function onlyMessage(call: ClientCall, path: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let first: Uint8Array | undefined;
    call.stream.on("data", (chunk: Buffer) => {
      for (const message of call.read(chunk)) {
        if (first === undefined) first = message;
        else call.fail(protocolError(`the answer to ${path} has more than one message`));
      }
    });
    call.stream.once("close", () => {
      const failure = call.outcome();
      if (failure !== undefined) reject(failure);
      else if (first === undefined) reject(protocolError(`the answer to ${path} has no message`));
      else resolve(first);
    });
  });
}

/** The messages of a streamed answer, read no faster than they are asked for. Throws the call's failure at the end. */
export async function* messagesOf(call: ClientCall): AsyncGenerator<Uint8Array, void, undefined> {
  const closed = new Promise<void>((resolve) => {
    call.stream.once("close", resolve);
  });
  try {
    // Left early, the stream is for the caller to cancel: destroying it here would tell the peer NO_ERROR.
    for await (const chunk of call.stream.iterator({ destroyOnReturn: false })) yield* call.read(chunk as Buffer);
  } catch {
    // A stream that was reset or lost; outcome() knows why.
  }
  await closed;
  const failure = call.outcome();
  if (failure !== undefined) throw failure;
}
