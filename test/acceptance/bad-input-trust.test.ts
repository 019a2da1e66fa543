// A trust that only the clusters can refuse: told at plan where it is certain, else by apply before its first write.
import { describe } from "node:test";

import type { LabOptions } from "../../lab";
import type { Acceptance } from "../support/acceptance";
import { configured, newer, type RefusalRow, testRefusals } from "../support/refusal-rows";

const access = '{ remote = "dev", local = ["access"] }';
const visitor = '{ remote = "dev", local = ["visitor"] }';

/** A trust between `root` and `leaf`. */
function trust({ row = access, more = "" } = {}): string {
  const address = 'resource "teleport_trust" "leaf"';
  return `${address} {\n  root     = "root"\n  leaf     = "leaf"\n  role_map = [${row}]\n  ${more}\n}\n`;
}

const everyVerb = ["list", "create", "read", "update", "delete"];
const narrowLab: LabOptions = {
  root: {
    seedRoles: [
      {
        version: "v7",
        metadata: { name: "narrow" },
        spec: {
          allow: {
            clusterLabels: { values: { env: { values: ["demo"] } } },
            rules: [
              { resources: ["remote_cluster", "token", "role"], verbs: everyVerb },
              { resources: ["cert_authority"], verbs: ["list", "readnosecrets"] },
            ],
          },
        },
      },
    ],
    seedUsers: [{ name: "narrow", roles: ["narrow"] }],
  },
};

/** Configures a connection to the root by somebody else than the bot. */
async function asUserOfRoot(acceptance: Acceptance, user: string, text: string): Promise<void> {
  const { root } = acceptance.lab;
  const path = acceptance.file(`${user}.pem`, (await root.login(user)).identityFile);
  acceptance.terraform.configure(`${acceptance.provider().replace(acceptance.identity(root), path)}\n${text}`);
}

const ofTrust = { with: "teleport_trust.leaf" };
const createRole =
  "Create it on the leaf first. If this apply creates it, refer to its resource's `id` here, so that it comes before. [TRUST_LOCAL_ROLE]";
const addrOf = (acceptance: Acceptance) => acceptance.lab.leaf().addresses.proxy;

const rows: Readonly<Record<string, RefusalRow>> = {
  "a local role that the leaf does not have": {
    by: "apply",
    prepare: configured(() => trust({ row: visitor })),
    warns: () => 'Warning: the role "visitor" does not exist on the leaf leaf.lab yet',
    says: () => ({
      ...ofTrust,
      summary: 'the role "visitor" does not exist on the leaf leaf.lab',
      detail: `At role_map[0].local[0]. ${createRole}`,
    }),
  },
  "a leaf that is a major version newer than its root": {
    by: "plan",
    lab: { leaves: [{ announcedVersion: "18.2.0" }] },
    prepare: configured(() => trust()),
    says: ({ lab }) => ({ ...ofTrust, ...newer(lab.root.version) }),
  },
  "a leaf that is two major versions older than its root": {
    by: "plan",
    lab: { leaves: [{ announcedVersion: "15.4.11" }] },
    prepare: configured(() => trust()),
    says: ({ lab }) => ({
      ...ofTrust,
      summary: `the leaf leaf.lab runs Teleport 15.4.11, the root root.lab runs ${lab.root.version}: a leaf may be one major version behind its root, not more`,
      detail: "Upgrade the leaf, one major version at a time, until it is at most one behind. [TRUST_VERSION_SKEW]",
    }),
  },
  "an identity that would not see the leaf": {
    by: "plan",
    lab: narrowLab,
    prepare: async (acceptance) =>
      void (await asUserOfRoot(acceptance, "narrow", trust({ more: 'labels = { env = "prod" }' }))),
    says: ({ lab }) => ({
      ...ofTrust,
      summary: `the remote cluster "leaf.lab" is hidden from the identity for cluster "root" (${lab.root.addresses.proxy}), or does not exist: with the roles "narrow" it cannot tell, and the label env=prod would hide it from them`,
      detail:
        "Give one of its roles `cluster_labels: {'*': '*'}` under `allow`, and no role of it any `cluster_labels` under `deny`. [TRUST_NOT_VISIBLE]",
    }),
  },
  "an identity that may not make tokens": {
    by: "apply",
    prepare: async (acceptance) => void (await asUserOfRoot(acceptance, "alice", trust())),
    warns: ({ lab }) =>
      `cannot list provision tokens in cluster "root" (${lab.root.addresses.proxy}): access denied to perform action "list" on "token"`,
    says: ({ lab }) => ({
      ...ofTrust,
      summary: `cannot list provision tokens in cluster "root" (${lab.root.addresses.proxy}): access denied to perform action "list" on "token"`,
      detail:
        "A role of the identity that applies needs `list` and `read` on `token` in its rules; a changed list of roles takes effect with the next certificate. [API_ACCESS_DENIED]",
    }),
  },
  "the web proxy of another cluster": {
    by: "plan",
    prepare: configured(({ lab }) => trust({ more: `web_proxy_addr = "${lab.leaf().addresses.proxy}"` })),
    says: (acceptance) => ({
      ...ofTrust,
      summary: `at ${addrOf(acceptance)} answers the proxy of the cluster "leaf.lab", not that of the root "root.lab"`,
      detail: "Give the address of the root's web proxy, or leave it out: the root says it itself. [TRUST_OTHER_PROXY]",
    }),
  },
  "two keys that lead to one cluster": {
    by: "plan",
    prepare: async (acceptance) => {
      const { root } = acceptance.lab;
      acceptance.configure(trust(), [
        { key: "root", cluster: root },
        { key: "leaf", cluster: root },
      ]);
      return undefined;
    },
    says: () => ({
      ...ofTrust,
      summary: 'root and leaf are one cluster, "root.lab"',
      detail: "Name two different clusters; no cluster can trust itself. [TRUST_SAME_CLUSTER]",
    }),
  },
  "a web proxy that this machine does not trust": {
    by: "apply",
    prepare: async (acceptance) => {
      acceptance.configure(trust());
      return { env: { SSL_CERT_FILE: acceptance.file("other-ca.pem", acceptance.lab.leaf().proxyCa) } };
    },
    warns: ({ lab }) => `cannot connect to the web proxy at ${lab.root.addresses.proxy}: ${untrusted}`,
    says: ({ lab }) => ({
      ...ofTrust,
      summary: `cannot connect to the web proxy at ${lab.root.addresses.proxy}: ${untrusted}`,
      detail:
        "Name the file with that authority in SSL_CERT_FILE (or install it in the system), or set `insecure` for a test. [CONNECTION_UNTRUSTED]",
    }),
  },
  "a web proxy that the leaf's host does not trust": {
    by: "apply",
    prepare: async (acceptance) => {
      acceptance.lab.leaf().webRoots.length = 0;
      acceptance.configure(trust());
      return undefined;
    },
    says: (acceptance) => ({
      ...ofTrust,
      summary: `cannot write trusted cluster "root.lab" in cluster "leaf" (${addrOf(acceptance)}): the trusted cluster uses misconfigured HTTP/TLS certificate`,
      detail: `The leaf's Auth does not trust the web certificate of ${acceptance.lab.root.addresses.proxy}: add the authority that signed it to the trust store of the leaf's Auth hosts (Node's and Terraform's settings do not matter there). [TRUST_JOIN_REFUSED]`,
    }),
  },
};

const untrusted = "its certificate is signed by an authority that this machine does not trust";

describe("a trust is refused, and nothing is changed in any cluster, for", () => testRefusals(rows));
