import type { Api, ProvisionTokenV2 } from "../cluster";
import type { ObjectResource } from "../framework";
import { clusterConnection } from "./cluster-connection";
import { fillCommon } from "./mirrored/fill";
import { revisionOf } from "./mirrored/identity";
import { checkExpiry } from "./mirrored/plan";
import { provisionTokenSchema } from "./provision-token/attributes";
import { tokenClient } from "./provision-token/client";
import { provisionTokenCodec } from "./provision-token/codec";
import { completeToken } from "./provision-token/complete";
import { type TokenId, tokenIdentity } from "./provision-token/identity";
import { customizePlan } from "./provision-token/plan";
import { validateToken } from "./provision-token/rules";

/** `teleport_provision_token`: a token by which clusters, agents and bots join. */
export const provisionToken: ObjectResource<ProvisionTokenV2, TokenId, Api> = {
  typeName: "teleport_provision_token",
  noun: "provision token",
  schema: provisionTokenSchema,
  codec: provisionTokenCodec,
  identity: tokenIdentity,
  connection: clusterConnection,
  client: ({ connections }, key) => tokenClient(connections.get(key)),
  normalize: (draft) => fillCommon(draft, "token"),
  revision: revisionOf,
  validateConfig: validateToken,
  customizePlan,
  // An expiry that appeared from nowhere shows only when somebody looks: the attribute is computed where there is a `ttl`.
  customizesUnchanged: true,
  complete: completeToken,
  check: async (change, context) => ({ problems: [...checkExpiry(change, context.now())] }),
};
