// A configuration and a state that were written for the official provider: replace the provider, and nothing is to be done.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { RoleSeed } from "../../lab";
import { Acceptance } from "../support/acceptance";
import { joinLab } from "../support/lab-clients";
import { type OfficialRelease, officialState } from "../support/official-state";
import { applyEmpty, assertSettled, deeds, deedsOf } from "../support/plans";

/** What the cluster fills into a role's options as far as these are computed in the official schema. */
const filledIn = {
  cert_format: "standard",
  create_db_user: false,
  create_desktop_user: false,
  desktop_clipboard: true,
  desktop_directory_sharing: true,
  enhanced_recording: ["command", "network"],
  max_session_ttl: "30h0m0s",
  ssh_file_copy: true,
};

const kubernetes = [{ kind: "*", namespace: "*", name: "*", verbs: ["*"] }];

const configuration = `
resource "teleport_role" "dev" {
  version = "v7"
  metadata = {
    name        = "dev"
    description = "Developers"
    labels      = { team = "platform" }
  }
  spec = {
    options = {
      max_session_ttl = "8h"
      forward_agent   = false
    }
    allow = {
      logins      = ["ubuntu"]
      node_labels = { env = ["dev", "staging"] }
      rules       = [{ resources = ["session"], verbs = ["read", "list"] }]
      request     = { roles = ["access"], thresholds = [{ approve = 1, deny = 1 }] }
    }
    deny = { logins = ["root"] }
  }
}

resource "teleport_role" "bare" {
  version  = "v7"
  metadata = { name = "bare" }
  spec     = { allow = { logins = [] } }
}

resource "teleport_trusted_cluster" "root" {
  version  = "v2"
  metadata = { name = "root.lab", labels = { env = "demo" } }
  spec = {
    enabled              = true
    role_map             = [{ remote = "access", local = ["access"] }]
    token                = "a-token-in-clear"
    web_proxy_addr       = "ROOT"
    tunnel_addr          = "ROOT"
  }
}
`;

/**
 * The options of a role that has none in its configuration. They are optional only in 15.3.1, and so null; later ones are computed, with all that the
 * cluster fills in.
 */
const untoldOptions: Readonly<Record<OfficialRelease, object | null>> = {
  "15.3.1": null,
  newest: { ...filledIn, record_session: { default: "best_effort", desktop: true } },
};

const common = { kind: "role", version: "v7", sub_kind: null };

/** The attributes as the official provider stores them: the configuration's forms, and what the cluster filled in. */
function objects(root: string, release: OfficialRelease) {
  const metadata = (name: string, more = {}) => ({ namespace: "default", name, ...more });
  const dev = {
    ...common,
    id: "dev",
    metadata: metadata("dev", { description: "Developers", labels: { team: "platform" } }),
    spec: {
      options: { ...filledIn, max_session_ttl: "8h", forward_agent: false },
      allow: {
        logins: ["ubuntu"],
        node_labels: { env: ["dev", "staging"] },
        rules: [{ resources: ["session"], verbs: ["read", "list"] }],
        request: { roles: ["access"], thresholds: [{ approve: 1, deny: 1 }] },
        kubernetes_resources: kubernetes,
      },
      deny: { logins: ["root"] },
    },
  };
  const bare = {
    ...common,
    id: "bare",
    metadata: metadata("bare"),
    spec: { options: untoldOptions[release], allow: { logins: [], kubernetes_resources: kubernetes } },
  };
  const trustedCluster = {
    kind: "trusted_cluster",
    version: "v2",
    id: "root.lab",
    metadata: metadata("root.lab", { labels: { env: "demo" } }),
    spec: {
      enabled: true,
      role_map: [{ remote: "access", local: ["access"] }],
      token: "a-token-in-clear",
      web_proxy_addr: root,
      tunnel_addr: root,
    },
  };
  return [
    { type: "teleport_role", name: "dev", attributes: dev },
    { type: "teleport_role", name: "bare", attributes: bare },
    { type: "teleport_trusted_cluster", name: "root", attributes: trustedCluster },
  ];
}

const values = (...list: string[]) => ({ values: list });

const seedRoles: readonly RoleSeed[] = [
  {
    version: "v7",
    metadata: { name: "dev", description: "Developers", labels: { team: "platform" } },
    spec: {
      options: { maxSessionTtl: 8n * 3600_000_000_000n },
      allow: {
        logins: ["ubuntu"],
        nodeLabels: { values: { env: values("dev", "staging") } },
        rules: [{ resources: ["session"], verbs: ["read", "list"] }],
        request: { roles: ["access"], thresholds: [{ approve: 1, deny: 1 }] },
      },
      deny: { logins: ["root"] },
    },
  },
  { version: "v7", metadata: { name: "bare" } },
];

/** A leaf on which the official provider has worked, and its working directory with another `terraform` block. */
async function inherited(release: OfficialRelease): Promise<Acceptance> {
  const acceptance = await Acceptance.start({ leaves: [{ seedRoles }] });
  const { root } = acceptance.lab;
  const leaf = acceptance.lab.leaf();
  await joinLab(root, leaf, "a-token-in-clear");
  const stored = leaf.storage.get("trusted_cluster", "root.lab");
  assert(stored?.metadata);
  stored.metadata.labels = { env: "demo" };
  leaf.storage.upsert("trusted_cluster", stored);
  const block = `provider "teleport" {
    addr               = "${leaf.addresses.proxy}"
    identity_file_path = "${acceptance.identity(leaf)}"
  }\n`;
  acceptance.terraform.configure(block + configuration.replaceAll("ROOT", root.addresses.proxy));
  await acceptance.run(["version"]);
  const state = officialState(release, objects(root.addresses.proxy, release));
  acceptance.terraform.write({ "terraform.tfstate": state.text });
  const ours = "registry.terraform.io/teleport-trust/teleport";
  const replaced = await acceptance.run(["state", "replace-provider", "-auto-approve", state.provider, ours]);
  assert.equal(replaced.code, 0, replaced.output);
  return acceptance;
}

for (const release of ["15.3.1", "newest"] as const) {
  test(`a state of the official provider, ${release}, is taken over with an empty plan, and worked on`, async () => {
    await using acceptance = await inherited(release);
    const { plan } = await acceptance.planned(["-detailed-exitcode"]);
    assert.deepEqual(deedsOf(plan), {});
    assert.deepEqual(plan.resource_drift ?? [], []);
    // The first refresh writes the state with all of our attributes; from then on nothing moves.
    await acceptance.applied();
    await assertSettled(acceptance);
    const leaf = acceptance.lab.leaf();
    const text = acceptance.terraform.read("main.tf");
    acceptance.terraform.write({ "main.tf": text.replace('["ubuntu"]', '["debian"]').replace('env = "demo"', "") });
    assert.deepEqual(await deeds(acceptance), {
      "teleport_role.dev": "update",
      "teleport_trusted_cluster.root": "update",
    });
    await applyEmpty(acceptance);
    assert.deepEqual(leaf.storage.get("role", "dev")?.spec?.allow?.logins, ["debian"]);
    assert.deepEqual(leaf.storage.get("trusted_cluster", "root.lab")?.metadata?.labels, {});
  });
}
