import type { TrustedClusterV2 } from "../../cluster";
import type { Codec, ObjectValue } from "../../framework";
import { knownText, valueAt } from "../description/values";
import { mirroredCodec } from "../mirrored/codec";
import { nameOf } from "../mirrored/identity";
import { trustedClusterDescription } from "./attributes";

const codec = mirroredCodec<TrustedClusterV2>(trustedClusterDescription, nameOf);

/**
 * The token to send: that of the configuration in a create. After that the leaf refuses any other than the one it has stored, so that one is sent
 * back; it is never shown.
 */
function tokenOf(planned: ObjectValue, base: TrustedClusterV2 | undefined, config: ObjectValue): string {
  if (base !== undefined) return base.spec?.token ?? "";
  return knownText(valueAt(config, "spec", "token_wo")) ?? knownText(valueAt(planned, "spec", "token")) ?? "";
}

/** Value ↔ message of a trusted cluster. */
export const trustedClusterCodec: Codec<TrustedClusterV2> = {
  ...codec,
  toMessage(planned, base, config) {
    const message = codec.toMessage(planned, base, config);
    return { ...message, ...(message.spec && { spec: { ...message.spec, token: tokenOf(planned, base, config) } }) };
  },
};
