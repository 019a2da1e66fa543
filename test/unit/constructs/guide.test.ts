import assert from "node:assert/strict";
import { resolve } from "node:path";
import { describe, it } from "node:test";

import { type App, TerraformStack, TerraformVariable, Testing } from "cdktf";

import { Identity, LeafCluster, l1, Role, RoleMap, RootCluster, Trust } from "../../../constructs";

type Json = Readonly<Record<string, unknown>>;

interface Synthesised {
  readonly provider: { readonly teleport: readonly [{ readonly clusters: Readonly<Record<string, Json>> }] };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

function newStack(): TerraformStack {
  return new TerraformStack(Testing.app(), "stack");
}

function clusters(stack: TerraformStack): { readonly root: RootCluster; readonly leaf: LeafCluster } {
  return {
    root: new RootCluster(stack, "root", { addr: "root.example.com:443", identity: Identity.fromFile("root.pem") }),
    leaf: new LeafCluster(stack, "leaf", { addr: "leaf.example.com:443", identity: Identity.fromFile("leaf.pem") }),
  };
}

/** With validations, as `cdktf synth` runs them. */
function synthesise(stack: TerraformStack): Synthesised {
  return JSON.parse(Testing.synth(stack, true)) as Synthesised;
}

function only(synthesised: Synthesised, type: string): Json {
  const found = Object.values(synthesised.resource[type] ?? {});
  assert.equal(found.length, 1, `one ${type}`);
  return found[0] as Json;
}

describe("a trust between a root and a leaf", () => {
  it("is one resource that names both connections, with the role that the leaf makes by reference", () => {
    const stack = newStack();
    const { root, leaf } = clusters(stack);
    const visitor = leaf.addRole("visitor", { logins: ["visitor"], nodeLabels: { "*": "*" } });
    leaf.trust(root, { roleMap: RoleMap.from("access").to(visitor), labels: { env: "demo" } });

    const trust = only(synthesise(stack), "teleport_trust");
    assert.equal(trust.root, "root");
    assert.equal(trust.leaf, "leaf");
    assert.deepEqual(trust.labels, { env: "demo" });
    const reference = `\${teleport_role.${visitor.resource.friendlyUniqueId}.id}`;
    assert.deepEqual(trust.role_map, [{ remote: "access", local: [reference] }]);
  });

  it("shares one provider block, which holds just the connections that the stack uses", () => {
    const stack = newStack();
    const { root, leaf } = clusters(stack);
    new RootCluster(stack, "unused", { addr: "other.example.com:443", identity: Identity.fromProfile("other") });
    leaf.trust(root, { roleMap: RoleMap.from("access").to("access") });

    const { provider } = synthesise(stack);
    assert.equal(provider.teleport.length, 1);
    assert.deepEqual(provider.teleport[0].clusters, {
      leaf: { addr: "leaf.example.com:443", identity_file_path: resolve("leaf.pem") },
      root: { addr: "root.example.com:443", identity_file_path: resolve("root.pem") },
    });
  });

  it("passes on what the properties say and nothing else", () => {
    const stack = newStack();
    const { root, leaf } = clusters(stack);
    leaf.trust(root, {
      roleMap: RoleMap.from("access").to("access"),
      enabled: false,
      tokenTtl: "90s",
      waitFor: "registered",
      webProxyAddr: "root.example.com:3080",
      tunnelAddr: "root.example.com:3024",
    });

    assert.deepEqual(only(synthesise(stack), "teleport_trust"), {
      enabled: false,
      leaf: "leaf",
      provider: "teleport",
      role_map: [{ local: ["access"], remote: "access" }],
      root: "root",
      token_ttl: "90s",
      tunnel_addr: "root.example.com:3024",
      wait_for: "registered",
      web_proxy_addr: "root.example.com:3080",
    });
  });

  it("refuses a token lifetime that is no duration", () => {
    const { root, leaf } = clusters(newStack());
    assert.throws(() => leaf.trust(root, { roleMap: RoleMap.from("a").to("b"), tokenTtl: "5 minutes" }), {
      code: "TRUST_DURATION",
    });
  });

  it("is refused beside a hand-written trusted cluster for the same pair", () => {
    const stack = newStack();
    const { root, leaf } = clusters(stack);
    const trust = leaf.trust(root, { roleMap: RoleMap.from("access").to("access") });
    new l1.TrustedCluster(stack, "raw", {
      ...leaf.connect(trust),
      version: "v2",
      metadata: { name: "root.example.com" },
      spec: {},
    });

    assert.throws(() => synthesise(stack), /stack\/raw manages a part of the trust between root and leaf/);
  });

  it("stands beside a hand-written trusted cluster for another root", () => {
    const stack = newStack();
    const { root, leaf } = clusters(stack);
    const trust = leaf.trust(root, { roleMap: RoleMap.from("access").to("access") });
    new l1.TrustedCluster(stack, "raw", {
      ...leaf.connect(trust),
      version: "v2",
      metadata: { name: "another-root.example.com" },
      spec: {},
    });

    synthesise(stack);
  });

  it("is refused twice for the same pair", () => {
    const stack = newStack();
    const { root, leaf } = clusters(stack);
    for (const id of ["one", "two"]) new Trust(stack, id, { root, leaf, roleMap: RoleMap.from("access").to("access") });

    assert.throws(() => synthesise(stack), /stack\/two\/Resource manages a part of the trust/);
  });
});

describe("a connection", () => {
  it("refuses an address without a port", () => {
    assert.throws(
      () => new RootCluster(newStack(), "root", { addr: "root.example.com", identity: Identity.fromFile("root.pem") }),
      { code: "TRUST_ADDRESS" },
    );
  });

  it("refuses the text of an identity file as a literal", () => {
    assert.throws(() => Identity.fromContent("-----BEGIN PRIVATE KEY-----"), /literal text/);
    assert.throws(() => Identity.fromBase64("LS0tLS1CRUdJTg=="), /literal text/);
  });

  it("takes the text of an identity file from a variable", () => {
    const stack = newStack();
    const variable = new TerraformVariable(stack, "identity", { sensitive: true });
    const root = new RootCluster(stack, "root", {
      addr: "root.example.com:443",
      identity: Identity.fromContent(variable.stringValue),
    });
    root.addRole("r", {});

    assert.equal(synthesise(stack).provider.teleport[0].clusters.root?.identity_file, "${var.identity}");
  });

  it("refuses two clusters of one name in a stack", () => {
    const stack = newStack();
    const { root } = clusters(stack);
    root.addRole("one", {});
    const other = new RootCluster(stack, "other", {
      addr: "other.example.com:443",
      identity: Identity.fromFile("other.pem"),
      connectionName: "root",
    });

    assert.throws(() => other.addRole("two", {}), /stack\/root and stack\/other both have the connection name "root"/);
  });

  it("appears in each stack that uses the cluster", () => {
    const app: App = Testing.app();
    const first = new TerraformStack(app, "first");
    const second = new TerraformStack(app, "second");
    const { root } = clusters(first);
    new Role(second, "role", { cluster: root });

    const { provider } = JSON.parse(Testing.synth(second, true)) as Synthesised;
    assert.deepEqual(Object.keys(provider.teleport[0].clusters), ["root"]);
  });
});

describe("a role", () => {
  it("says logins, labels and rules in the provider's own form", () => {
    const stack = newStack();
    const { leaf } = clusters(stack);
    leaf.addRole("ops", {
      description: "Operators",
      version: "v6",
      logins: ["root", "{{internal.logins}}"],
      nodeLabels: { env: ["dev", "stage"], team: "ops" },
      clusterLabels: { env: "demo" },
      rules: [{ resources: ["role"], verbs: ["read", "list"] }],
      spec: { options: { maxSessionTtl: "8h" } },
    });

    const role = only(synthesise(stack), "teleport_role");
    assert.equal(role.cluster, "leaf");
    assert.equal(role.version, "v6");
    assert.deepEqual(role.metadata, { description: "Operators", name: "ops" });
    assert.deepEqual(role.spec, {
      allow: {
        cluster_labels: { env: ["demo"] },
        logins: ["root", "{{internal.logins}}"],
        node_labels: { env: ["dev", "stage"], team: ["ops"] },
        rules: [{ resources: ["role"], verbs: ["read", "list"] }],
      },
      options: { max_session_ttl: "8h" },
    });
  });
});

describe("a role map", () => {
  it("keeps rows in order and is not changed by what is added later", () => {
    const first = RoleMap.from("access").to("visitor");
    const second = first.from("cluster-*").to("clusteradmin", "auditor");

    assert.deepEqual(first.rows, [{ remote: "access", local: ["visitor"] }]);
    assert.deepEqual(second.toRows(), [
      { remote: "access", local: ["visitor"] },
      { remote: "cluster-*", local: ["clusteradmin", "auditor"] },
    ]);
  });

  it("hands captured groups to Terraform so that it does not evaluate them", () => {
    const rows = RoleMap.from("^remote-(.*)$").to("local-${1}").toRows();
    assert.deepEqual(rows, [{ remote: "^remote-(.*)$", local: ["local-$${1}"] }]);
  });

  it("says which leaf roles a user of the root gets", () => {
    const map = RoleMap.from("^remote-(.*)$").to("local-$1").from("*").to("everybody");
    assert.deepEqual(map.resolve(["remote-one", "other"]), ["local-one", "everybody"]);
  });

  it("refuses a row that the leaf would refuse, when it is written", () => {
    assert.throws(() => RoleMap.from("^env-(?!prod)$").to("x"), { code: "TRUST_ROLE_MAP_PATTERN" });
    assert.throws(() => RoleMap.from("access").to("*"), { code: "TRUST_ROLE_MAP" });
    assert.throws(() => RoleMap.from("a").to("x").from("a").to("y"), { code: "TRUST_ROLE_MAP" });
  });
});
