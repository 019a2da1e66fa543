import { type AttributeChange, type Attributes, type Schema, types, Unknown, type Value } from "../../framework";
import { type Description, describe } from "../description/describe";
import { messages } from "../description/gen/messages";
import type { Message, Override } from "../description/override";
import { attributesOf } from "../description/schema";
import { commonAttributes, commonMetadata, commonOverrides } from "../mirrored/attributes";
import { addressValidator } from "../validators/address";

function isNothing(value: Value): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Null and empty are the same to the leaf, so that one for the other is no change. */
function changesMeaning({ prior, planned }: AttributeChange): boolean {
  return !(isNothing(prior) && isNothing(planned));
}

/** A tunnel address that was left out is the web proxy's; it is unknown only where it is left to the leaf again. */
function changesTunnel({ prior, planned, priorState }: AttributeChange): boolean {
  if (!isNothing(prior)) return true;
  if (planned === Unknown) return false;
  const { web_proxy_addr } = priorState.spec as { readonly web_proxy_addr: Value };
  return !isNothing(planned) && planned !== web_proxy_addr;
}

function rejoinWarning({ path }: AttributeChange): { code: string; what: string; next: string } {
  return {
    code: "TRUST_REJOIN",
    what: `a change of \`${path.join(".")}\` removes the trust and joins anew`,
    next: "The leaf is out of reach meanwhile. The join needs a token of the root that is still valid, and a newer root (late 15.4, 16.4, 17 and later) refuses it as long as it keeps the remote cluster of this leaf: remove that first. `teleport_trust` does all of this in place.",
  };
}

function immutable(replace: (change: AttributeChange) => boolean): Override {
  return { replace, replaceWarning: rejoinWarning };
}

const tokenAttributes: Attributes = {
  token_wo: {
    type: types.string,
    mode: "optional",
    // Not marked sensitive: it is never shown or stored anyway, and Terraform (1.11) stores the paths of several sensitive attributes in random
    // order, by which a refresh-only plan sees a change where there is none.
    writeOnly: true,
    description:
      "Invitation token of the root, in place of `token`: it is used once, when the leaf joins, and is never stored. Needs Terraform 1.11.",
  },
  token_wo_version: {
    type: types.number,
    mode: "optional",
    description: "A number to raise when `token_wo` changes. An established trust needs no new token.",
  },
};

/** The trusted cluster as Terraform shows it. */
export const trustedClusterDescription: Description = describe(
  messages,
  "types.TrustedClusterV2",
  {
    ...commonOverrides("trusted_cluster"),
    "metadata.name": {
      ...commonOverrides("trusted_cluster")["metadata.name"],
      doc: "Name of the root cluster: a trusted cluster always has its root's name.",
    },
    spec: { mode: "required" },
    "spec.enabled": { importsZero: true },
    "spec.roles": immutable(changesMeaning),
    "spec.token": {
      doc: "Invitation token of the root, used once, when the leaf joins. It is stored in state in clear: prefer `token_wo`. A change of it does nothing once the leaf has joined.",
      sensitive: true,
      neverRead: true,
    },
    "spec.web_proxy_addr": { ...immutable(changesMeaning), validate: [addressValidator] },
    "spec.tunnel_addr": {
      ...immutable(changesTunnel),
      mode: "optional-computed",
      keepPrior: true,
      validate: [addressValidator],
      serverDefault: ({ spec }: Message) => (spec as { readonly web_proxy_addr: string } | undefined)?.web_proxy_addr,
    },
  },
  { "": commonAttributes, metadata: commonMetadata, spec: tokenAttributes },
);

export const trustedClusterSchema: Schema = {
  description:
    "The object on a leaf cluster by which it trusts a root. `teleport_trust` manages both sides and needs no token in the configuration.",
  attributes: attributesOf(trustedClusterDescription),
};
