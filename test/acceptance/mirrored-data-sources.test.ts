// The data sources of the official provider by real terraform: `teleport_role`, `teleport_trusted_cluster`, `teleport_provision_token`.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import type { RoleSeed } from "../../lab";
import { tokenId } from "../../trust";
import { Acceptance } from "../support/acceptance";
import { joinLab } from "../support/lab-clients";
import { officialState } from "../support/official-state";
import { outside } from "../support/outside";
import { applyEmpty, assertEmptyPlan, assertSettled, deeds, deedsOf } from "../support/plans";
import { assertErrors, onOneLine } from "../support/refusals";

const values = (...list: string[]) => ({ values: list });

const dev: RoleSeed = {
  version: "v7",
  metadata: {
    name: "dev",
    description: "Developers",
    labels: { team: "platform", "teleport.dev/origin": "config-file" },
  },
  spec: { allow: { logins: ["ubuntu"], nodeLabels: { values: { env: values("dev", "staging") } } } },
};

interface Attributes {
  readonly [name: string]: unknown;
}

/** What the state holds of a data source: all of it, marked or not. */
function stored({ terraform }: Acceptance, type: string): Attributes {
  const { resources } = JSON.parse(terraform.read("terraform.tfstate")) as {
    readonly resources: readonly {
      readonly mode: string;
      readonly type: string;
      readonly instances: readonly { readonly attributes: Attributes }[];
    }[];
  };
  const found = resources.find((resource) => resource.mode === "data" && resource.type === type)?.instances[0];
  assert.ok(found, `the state has no data ${type}`);
  return found.attributes;
}

function said(object: unknown): Attributes {
  return Object.fromEntries(Object.entries(object as object).filter(([, value]) => value !== null));
}

test("teleport_role answers the whole role, with what the cluster filled in and what it set by itself", async () => {
  await using acceptance = await Acceptance.start({ leaves: [{ seedRoles: [dev] }] });
  await applyEmpty(
    acceptance,
    `data "teleport_role" "dev" {
       cluster  = "leaf"
       metadata = { name = "dev" }
     }
     # A copy of the role under another name: what is read can be written.
     resource "teleport_role" "copy" {
       cluster  = "leaf"
       version  = data.teleport_role.dev.version
       metadata = { name = "copy-of-$\{data.teleport_role.dev.id}" }
       spec     = data.teleport_role.dev.spec
     }`,
  );
  const leaf = acceptance.lab.leaf();
  const { spec, metadata, ...rest } = stored(acceptance, "teleport_role");
  assert.deepEqual(said(rest), { cluster: "leaf", id: "dev", kind: "role", version: "v7" });
  assert.deepEqual(metadata, {
    name: "dev",
    namespace: "default",
    description: "Developers",
    labels: { team: "platform", "teleport.dev/origin": "config-file" },
    expires: null,
    revision: leaf.storage.get("role", "dev")?.metadata?.revision,
  });
  const { allow, deny, options } = spec as Record<string, Attributes>;
  const { logins, node_labels, kubernetes_resources } = said(allow);
  assert.deepEqual([logins, node_labels], [["ubuntu"], { env: ["dev", "staging"] }]);
  assert.deepEqual(kubernetes_resources, [{ kind: "*", namespace: "*", name: "*", verbs: ["*"], api_group: null }]);
  assert.deepEqual(said(deny), {});
  const { max_session_ttl, forward_agent, cert_format, record_session } = options ?? {};
  assert.deepEqual([max_session_ttl, forward_agent, cert_format], ["30h0m0s", false, "standard"]);
  assert.equal((record_session as Attributes).default, "best_effort");
  const { allow: copied } = leaf.storage.get("role", "copy-of-dev")?.spec ?? {};
  assert.deepEqual(copied?.logins, ["ubuntu"]);
});

/** As the official provider wants its data blocks written: all that its resources require. */
const official = `
  data "teleport_role" "it" {
    version  = "v7"
    metadata = { name = "dev" }
  }
  data "teleport_trusted_cluster" "it" {
    version  = "v2"
    metadata = { name = "root.lab" }
    spec     = {}
  }
  data "teleport_provision_token" "it" {
    version  = "v2"
    metadata = { name = "st4tic-t0ken" }
    spec     = { roles = ["node"] }
  }
  output "logins" { value = data.teleport_role.it.spec.allow.logins }
  output "enabled" { value = data.teleport_trusted_cluster.it.spec.enabled }
`;

/** A leaf that trusts its root and has a role and a static token; it is the default connection. */
async function joined(configuration: string): Promise<Acceptance> {
  const acceptance = await Acceptance.start({ leaves: [{ seedRoles: [dev] }] });
  const leaf = acceptance.lab.leaf();
  await joinLab(acceptance.lab.root, leaf, "j0in-t0ken-in-clear");
  const token = {
    kind: "token",
    version: "v2",
    metadata: { name: "st4tic-t0ken", labels: { team: "platform" } },
    spec: { roles: ["Node"] },
  };
  await outside(leaf, ({ auth }) => auth.createTokenV2({ token: { case: "v2", value: token } }));
  const block = `provider "teleport" {
    addr               = "${leaf.addresses.proxy}"
    identity_file_path = "${acceptance.identity(leaf, "admin")}"
  }\n`;
  acceptance.terraform.configure(block + configuration);
  return acceptance;
}

test("blocks that were written for the official provider are read as they stand, without a warning", async () => {
  await using acceptance = await joined(official);
  const run = await acceptance.apply();
  assert.equal(run.code, 0, run.output);
  assert.doesNotMatch(run.output, /Warning/);
  await assertEmptyPlan(acceptance);

  const { spec: trusted } = stored(acceptance, "teleport_trusted_cluster");
  const proxy = acceptance.lab.root.addresses.proxy;
  assert.deepEqual(said(trusted), {
    enabled: true,
    role_map: [{ remote: "access", local: ["access"] }],
    web_proxy_addr: proxy,
    tunnel_addr: proxy,
  });

  const token = stored(acceptance, "teleport_provision_token");
  assert.equal(token.id, tokenId("st4tic-t0ken"));
  const { name, labels, expires } = token.metadata as Attributes;
  assert.deepEqual([name, labels, expires], ["st4tic-t0ken", { team: "platform" }, null]);
  // The cluster's spelling, not the configuration's.
  const { roles, join_method } = token.spec as Attributes;
  assert.deepEqual([roles, join_method], [["Node"], "token"]);
});

test("the invitation token of a trusted cluster, which the leaf tells in clear, goes nowhere", async () => {
  await using acceptance = await joined(official);
  const log = acceptance.path("terraform.log");
  await acceptance.applied();
  const { run, plan } = await acceptance.planned();
  const logged = await acceptance.plan({ env: { TF_LOG: "TRACE", TF_LOG_PATH: log } });
  assert.equal(logged.code, 0, logged.output);
  const told = [
    acceptance.terraform.read("terraform.tfstate"),
    JSON.stringify(plan),
    run.output,
    readFileSync(log, "utf8"),
  ];
  assert.equal(acceptance.lab.leaf().storage.get("trusted_cluster", "root.lab")?.spec?.token, "j0in-t0ken-in-clear");
  for (const text of told) assert.ok(!text.includes("j0in-t0ken-in-clear"));
  // A token that the configuration names is in the state, as that of the resource is, but it is never printed.
  assert.ok(!run.output.includes("st4tic-t0ken"));
  const printed = await acceptance.run(["show", "-no-color"]);
  assert.equal(printed.code, 0, printed.output);
  assert.ok(!printed.output.includes("st4tic-t0ken"));
});

test("what a block says otherwise than the cluster is told and does not count", async () => {
  await using acceptance = await joined(`data "teleport_role" "it" {
    version  = "v6"
    metadata = { name = "dev", description = "Developers", labels = { team = "platform" } }
    spec     = { options = { max_session_ttl = "30h" }, allow = { logins = ["root"] } }
  }
  output "version" { value = data.teleport_role.it.version }\n`);
  const run = await acceptance.apply();
  assert.equal(run.code, 0, run.output);
  assert.match(run.output, /version = "v7"/);
  const text = onOneLine(run);
  assert.match(
    text,
    /Warning: role "dev" is not as this block says: it differs in `version`, `spec\.allow\.logins` with data\.teleport_role\.it,/,
  );
  assert.match(
    text,
    /The data source answers what the cluster has\. Of the block only `metadata\.name` counts: leave the rest out\. \[DATA_SAID_IN_VAIN\]/,
  );
});

const absent = `
  data "teleport_role" "it" {
    cluster  = "leaf"
    metadata = { name = "devv" }
  }
  data "teleport_trusted_cluster" "it" {
    cluster  = "leaf"
    metadata = { name = "ro0t.lab" }
  }
  data "teleport_provision_token" "it" {
    cluster  = "leaf"
    metadata = { name = "n0-such-token" }
  }
`;

test("what is not there is an error that names object and cluster", async () => {
  await using acceptance = await Acceptance.start();
  acceptance.configure(absent, [{ key: "leaf", cluster: acceptance.lab.leaf(), user: "admin" }]);
  const next =
    "At metadata.name. Check the name and the cluster. An object that the same apply is to create must be created first: refer to it " +
    "(such as to its `id`) in place of writing its name, or use `depends_on`. [API_NOT_FOUND]";
  const missing = (type: string, title: string) => ({
    summary: `there is no ${title} in leaf.lab`,
    with: `data.${type}.it`,
    detail: next,
  });
  const run = await acceptance.plan();
  assertErrors(
    run,
    missing("teleport_role", 'role "devv"'),
    missing("teleport_trusted_cluster", 'trusted cluster "ro0t.lab"'),
    missing("teleport_provision_token", `provision token "${tokenId("n0-such-token")}"`),
  );
  assert.ok(!run.output.includes("n0-such-token"), "the name of a token is a secret");
});

test("what may not be read is another error than what is not there", async () => {
  await using acceptance = await Acceptance.start();
  const { lab } = acceptance;
  acceptance.configure(absent, [{ key: "leaf", cluster: lab.leaf(), user: "alice" }]);
  const denied = (type: string, title: string, kind: string) => ({
    summary: `cannot read ${title} in cluster "leaf" (${lab.leaf().addresses.proxy}): access denied to perform action "read" on "${kind}"`,
    with: `data.${type}.it`,
    detail: `A role of the identity that applies needs \`read\` on \`${kind}\` in its rules; a changed list of roles takes effect with the next certificate. [API_ACCESS_DENIED]`,
  });
  assertErrors(
    await acceptance.plan(),
    denied("teleport_role", 'role "devv"', "role"),
    denied("teleport_trusted_cluster", 'trusted cluster "ro0t.lab"', "trusted_cluster"),
    denied("teleport_provision_token", "a provision token", "token"),
  );
});

test("a block without a name, with an empty one or for a cluster that is not there is refused", async () => {
  await using acceptance = await Acceptance.start();
  acceptance.configure(`data "teleport_role" "it" {
    cluster  = "leef"
    metadata = { name = "access" }
  }`);
  assertErrors(await acceptance.plan(), {
    summary: 'cluster "leef" is not in the provider\'s `clusters`',
    with: "data.teleport_role.it",
    detail: 'Did you mean "leaf"? It has "leaf", "root". [CONNECTION_NOT_CONFIGURED]',
  });
  acceptance.configure(`data "teleport_role" "it" { metadata = { name = "" } }`);
  assertErrors(await acceptance.run(["validate", "-no-color"]), {
    summary: "the name is empty",
    with: "data.teleport_role.it",
    detail: "At metadata.name. Name the object. [API_INVALID]",
  });
  acceptance.configure(`data "teleport_role" "it" { version = "v7" }`);
  const nameless = await acceptance.run(["validate", "-no-color"]);
  assert.match(onOneLine(nameless), /The argument "metadata" is required, but no definition was found\./);
});

test("an object that the same apply creates is read after it", async () => {
  await using acceptance = await Acceptance.start();
  acceptance.configure(`
    resource "teleport_role" "new" {
      cluster  = "leaf"
      version  = "v7"
      metadata = { name = "new" }
      spec     = { allow = { logins = ["ubuntu"] } }
    }
    data "teleport_role" "new" {
      cluster    = "leaf"
      metadata   = { name = teleport_role.new.metadata.name }
      depends_on = [teleport_role.new]
    }
    output "logins" { value = data.teleport_role.new.spec.allow.logins }`);
  assert.deepEqual(await deeds(acceptance), { "teleport_role.new": "create", "data.teleport_role.new": "read" });
  await acceptance.applied();
  await assertEmptyPlan(acceptance);
  assert.deepEqual(((stored(acceptance, "teleport_role").spec as Attributes).allow as Attributes).logins, ["ubuntu"]);
});

for (const release of ["15.3.1", "newest"] as const) {
  test(`a state that holds what the official provider has read, ${release}, is read again by ours`, async () => {
    await using acceptance = await joined(official);
    await acceptance.run(["version"]);
    const metadata = (name: string) => ({ namespace: "default", name, labels: { gone: "long ago" } });
    const state = officialState(
      release,
      [
        {
          type: "teleport_role",
          name: "it",
          attributes: {
            id: "dev",
            kind: "role",
            version: "v6",
            metadata: metadata("dev"),
            spec: { allow: { logins: ["old"] } },
          },
        },
        {
          type: "teleport_trusted_cluster",
          name: "it",
          attributes: {
            id: "root.lab",
            version: "v2",
            metadata: metadata("root.lab"),
            spec: { enabled: false, token: "j0in-t0ken-in-clear" },
          },
        },
        {
          type: "teleport_provision_token",
          name: "it",
          attributes: {
            id: "st4tic-t0ken",
            version: "v2",
            metadata: metadata("st4tic-t0ken"),
            spec: { roles: ["Node"] },
          },
        },
      ],
      "data",
    );
    acceptance.terraform.write({ "terraform.tfstate": state.text });
    const ours = "registry.terraform.io/teleport-trust/teleport";
    const replaced = await acceptance.run(["state", "replace-provider", "-auto-approve", state.provider, ours]);
    assert.equal(replaced.code, 0, replaced.output);
    const { plan } = await acceptance.planned();
    assert.deepEqual(deedsOf(plan), {});
    await acceptance.applied();
    await assertSettled(acceptance);
    const text = acceptance.terraform.read("terraform.tfstate");
    assert.ok(!text.includes("long ago"));
    assert.ok(
      !text.includes("j0in-t0ken-in-clear"),
      "the official provider's data source stores the token; ours takes it out",
    );
    assert.equal(stored(acceptance, "teleport_provision_token").id, tokenId("st4tic-t0ken"));
  });
}
