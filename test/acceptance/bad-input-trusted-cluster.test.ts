// A trusted cluster that only the clusters can refuse: told at plan where it is certain, else by apply before its first write.
import { describe } from "node:test";

import type { Acceptance } from "../support/acceptance";
import { outside } from "../support/outside";
import { configured, newer, type RefusalRow, testRefusals } from "../support/refusal-rows";

const access = '{ remote = "dev", local = ["access"] }';
const visitor = '{ remote = "dev", local = ["visitor"] }';

/** A trusted cluster with a token that no file holds. */
function trustedCluster({ lab }: Acceptance, { name = "root.lab", row = access } = {}): string {
  return `
variable "invitation" {
  type      = string
  default   = "of-nobody"
  ephemeral = true
}

resource "teleport_trusted_cluster" "root" {
  cluster  = "leaf"
  version  = "v2"
  metadata = { name = "${name}" }
  spec = {
    enabled        = true
    web_proxy_addr = "${lab.root.addresses.proxy}"
    token_wo       = var.invitation
    role_map       = [${row}]
  }
}
`;
}

/** Makes a token on the root that has expired by now. */
async function expiredToken({ lab }: Acceptance): Promise<string> {
  const token = "invitation-of-yesterday";
  const seconds = BigInt(Math.floor(lab.clock.now() / 1000) + 60);
  const value = { kind: "token", version: "v2", metadata: { name: token, expires: { seconds } } };
  await outside(lab.root, ({ auth }) =>
    auth.createTokenV2({ token: { case: "v2", value: { ...value, spec: { roles: ["Trusted_cluster"] } } } }),
  );
  await lab.clock.advance(61_000);
  return token;
}

const ofTrustedCluster = { with: "teleport_trusted_cluster.root" };
const createRole =
  "Create it on the leaf first. If this apply creates it, refer to its resource's `id` here, so that it comes before. [TRUST_LOCAL_ROLE]";
const addrOf = (acceptance: Acceptance) => acceptance.lab.leaf().addresses.proxy;

const rows: Readonly<Record<string, RefusalRow>> = {
  "a local role that the leaf does not have": {
    by: "apply",
    prepare: configured((acceptance) => trustedCluster(acceptance, { row: visitor })),
    warns: (acceptance) => `Warning: the role "visitor" is not on cluster "leaf" (${addrOf(acceptance)}) yet`,
    says: (acceptance) => ({
      ...ofTrustedCluster,
      summary: `the role "visitor" does not exist on cluster "leaf" (${addrOf(acceptance)})`,
      detail: `At spec.role_map[0].local[0]. ${createRole}`,
    }),
  },
  "a name that is not the root's": {
    by: "plan",
    prepare: configured((acceptance) => trustedCluster(acceptance, { name: "root.example.com" })),
    says: ({ lab }) => ({
      ...ofTrustedCluster,
      summary: `the trusted cluster is named "root.example.com", but the cluster at ${lab.root.addresses.proxy} is "root.lab"`,
      detail: 'At metadata.name. Name it "root.lab": a trusted cluster has its root\'s name. [TRUST_ROOT_NAME]',
    }),
  },
  "a token that has expired": {
    by: "apply",
    prepare: async (acceptance) => {
      const token = await expiredToken(acceptance);
      acceptance.configure(trustedCluster(acceptance));
      return { env: { TF_VAR_invitation: token } };
    },
    says: (acceptance) => ({
      ...ofTrustedCluster,
      summary: `cannot create trusted cluster "root.lab" in cluster "leaf" (${addrOf(acceptance)}): access denied: the cluster token has been rejected`,
      detail:
        "The root refused the invitation token: it has expired, was removed, or lacks the role Trusted_cluster; the root's log says which. [API_ACCESS_DENIED]",
    }),
  },
  "a leaf that is a major version newer than its root": {
    by: "plan",
    lab: { leaves: [{ announcedVersion: "18.2.0" }] },
    prepare: configured((acceptance) => trustedCluster(acceptance)),
    says: ({ lab }) => ({ ...ofTrustedCluster, ...newer(lab.root.version) }),
  },
  "a web proxy that the leaf's host does not trust": {
    by: "apply",
    prepare: async (acceptance) => {
      acceptance.lab.leaf().webRoots.length = 0;
      acceptance.configure(trustedCluster(acceptance));
      return undefined;
    },
    says: (acceptance) => ({
      ...ofTrustedCluster,
      summary: `cannot create trusted cluster "root.lab" in cluster "leaf" (${addrOf(acceptance)}): the trusted cluster uses misconfigured HTTP/TLS certificate`,
      detail:
        "The leaf does not trust the certificate of the root's web proxy: install its authority on the leaf's Auth host. [API_ACCESS_DENIED]",
    }),
  },
};

describe("a trusted cluster is refused, and nothing is changed in any cluster, for", () => testRefusals(rows));
