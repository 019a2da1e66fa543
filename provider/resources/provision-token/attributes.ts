import { type Attributes, type Schema, types } from "../../framework";
import { type Description, describe } from "../description/describe";
import { messages } from "../description/gen/messages";
import type { Override, Overrides } from "../description/override";
import { attributesOf } from "../description/schema";
import { commonAttributes, commonMetadata, commonOverrides } from "../mirrored/attributes";
import { durationValidator } from "../validators/duration";
import { oneOfValidator } from "../validators/one-of";
import { rolesValidator } from "./roles";

/** The configuration may set it, else the cluster does. */
const computed: Override = { mode: "optional-computed", keepPrior: true };

const common = commonOverrides("token");

const metadata: Overrides = {
  metadata: { neverNull: true },
  "metadata.name": {
    ...common["metadata.name"],
    ...computed,
    sensitive: true,
    doc: "The token itself: who knows the name can join with it. 32 random bytes in hexadecimal digits when it is left out. It is stored in state in clear.",
  },
  "metadata.labels": {
    ...common["metadata.labels"],
    doc: "Labels of the token. Those of a `Trusted_cluster` token become the labels of the leaf that joins with it, and hide it from roles without `cluster_labels`.",
  },
  "metadata.expires": {
    ...computed,
    doc: "Time at which the token ends (RFC 3339). Left out, it follows from `ttl`; without that the token never ends. It must lie in the future when it is set or changed.",
  },
};

const spec: Overrides = {
  spec: { mode: "required" },
  "spec.roles": { mode: "required", validate: [rolesValidator] },
  "spec.join_method": computed,
  "spec.aws_iid_ttl": computed,
  "spec.gitlab.domain": computed,
  "spec.kubernetes.type": computed,
  "spec.terraform_cloud.hostname": computed,
  "spec.bound_keypair.onboarding": computed,
  "spec.bound_keypair.onboarding.registration_secret": { sensitive: true },
  "spec.bound_keypair.recovery": computed,
  "spec.bound_keypair.recovery.limit": computed,
  "spec.bound_keypair.recovery.mode": computed,
};

/** What a cluster writes about a token's use. It holds a secret, so it is never read. */
const status: Attributes = {
  status: {
    mode: "optional",
    description:
      "Accepted for configurations of the official provider. The cluster writes it; it is neither sent nor read.",
    nested: {
      nesting: "single",
      attributes: attributesOf(
        describe(messages, "types.ProvisionTokenStatusV2", {
          "bound_keypair.registration_secret": { sensitive: true },
        }),
      ),
    },
  },
};

const ttl: Attributes = {
  ttl: {
    type: types.string,
    mode: "optional",
    description:
      "How long the token is valid, such as `1h`, in place of `metadata.expires`. It counts from the apply that creates the token or changes `ttl`. A token that has ended is made anew by the next apply.",
    validate: [durationValidator],
  },
};

const { cluster } = commonAttributes;

/** The token as Terraform shows it. */
export const provisionTokenDescription: Description = describe(
  messages,
  "types.ProvisionTokenV2",
  {
    ...common,
    version: { mode: "required", validate: [oneOfValidator("v2")] },
    ...metadata,
    ...spec,
    status: { hidden: true },
  },
  {
    "": {
      id: {
        type: types.string,
        mode: "computed",
        keepPrior: true,
        description: "`sha256:` and the hash of `metadata.name`: it names the token and is no secret.",
      },
      cluster: cluster as NonNullable<typeof cluster>,
      ...ttl,
      ...status,
    },
    metadata: commonMetadata,
  },
);

export const provisionTokenSchema: Schema = {
  description:
    "A token by which clusters, agents and bots join. State holds it in clear: to join clusters prefer `teleport_trust`, whose token is stored nowhere.",
  attributes: attributesOf(provisionTokenDescription),
};
