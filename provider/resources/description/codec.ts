import type { Codec } from "../../framework";
import type { Description } from "./describe";
import type { Message } from "./override";
import { readMessage, viewMessage } from "./read-message";
import { sameWire } from "./same-wire";
import { writeMessage } from "./write-message";

/**
 * Terraform value ↔ message of the cluster API, by description.
 *
 * @param idOf what the attribute `id` shows
 */
export function messageCodec<M extends object>(
  description: Description,
  idOf: (message: M) => string,
): Codec<M> & Required<Pick<Codec<M>, "toView">> {
  return {
    toMessage: (planned, base) => writeMessage(description, planned, base as Message | undefined) as M,
    toState: (message, like) =>
      Object.assign(readMessage(description, message as Message, like), { id: idOf(message) }),
    toView: (message) => Object.assign(viewMessage(description, message as Message), { id: idOf(message) }),
    isEqual: sameWire,
  };
}
