import type { Codec } from "../../framework";
import { messageCodec } from "../description/codec";
import type { Description } from "../description/describe";
import { withValueAt } from "../description/values";
import { revisionOf } from "./identity";

/**
 * Terraform value ↔ mirrored object. A view of it shows its revision, which a state never does.
 *
 * @param idOf what the attribute `id` shows
 */
export function mirroredCodec<M extends object>(description: Description, idOf: (message: M) => string): Codec<M> {
  const codec = messageCodec<M>(description, idOf);
  const toView = (message: M) =>
    withValueAt(codec.toView(message), ["metadata", "revision"], revisionOf(message) || null);
  return { ...codec, toView };
}
