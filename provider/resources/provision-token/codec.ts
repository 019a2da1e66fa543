import { tokenId } from "../../../trust";
import type { ProvisionTokenV2 } from "../../cluster";
import type { Codec } from "../../framework";
import { valueAt, withValueAt } from "../description/values";
import { mirroredCodec } from "../mirrored/codec";
import { nameOf } from "../mirrored/identity";
import { provisionTokenDescription } from "./attributes";
import { sameRoles } from "./roles";

const codec = mirroredCodec<ProvisionTokenV2>(provisionTokenDescription, (token) => tokenId(nameOf(token)));

/** Value ↔ message of a token. Roles keep the spelling of whoever asks, as long as they are the same roles. */
export const provisionTokenCodec: Codec<ProvisionTokenV2> = {
  ...codec,
  toMessage(planned, base, config) {
    const message = codec.toMessage(planned, base, config);
    const roles = base?.spec?.roles;
    if (message.spec === undefined || roles === undefined || !sameRoles(message.spec.roles, roles)) return message;
    return { ...message, spec: { ...message.spec, roles } };
  },
  toState(message, like) {
    const state = codec.toState(message, like);
    const roles = valueAt(like ?? null, "spec", "roles");
    return sameRoles(valueAt(state, "spec", "roles"), roles) ? withValueAt(state, ["spec", "roles"], roles) : state;
  },
};
