import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { TerraformStack, Testing } from "cdktf";

import { ClusterLabels, Identity, InvitationToken, LeafCluster, RoleMap, RootCluster } from "../../../constructs";
import { expressionText } from "../../../constructs/elements";

function newSite(): { stack: TerraformStack; root: RootCluster; leaf: LeafCluster } {
  const stack = new TerraformStack(Testing.app(), "stack");
  return {
    stack,
    root: new RootCluster(stack, "root", { addr: "root.example.com:443", identity: Identity.fromFile("root.pem") }),
    leaf: new LeafCluster(stack, "leaf", { addr: "leaf.example.com:443", identity: Identity.fromFile("leaf.pem") }),
  };
}

function synthesise(stack: TerraformStack): Readonly<Record<string, Record<string, Record<string, unknown>>>> {
  return JSON.parse(Testing.synth(stack, true));
}

function only<T>(map: Readonly<Record<string, T>> | undefined): T {
  const values = Object.values(map ?? {});
  assert.equal(values.length, 1);
  return values[0] as T;
}

describe("a user's grant", () => {
  it("adds roles by reference and logins as a trait", () => {
    const { stack, root } = newSite();
    const role = root.addRole("demo", { clusterLabels: { env: "demo" } });
    root
      .user("myuser")
      .grant({ roles: [role, "auditor"], logins: ["visitor"], traits: { env: ["dev"], logins: ["ops"] } });

    const grant = only(synthesise(stack).resource?.teleport_user_grant as Record<string, Record<string, unknown>>);
    assert.equal(grant.user, "myuser");
    assert.equal(grant.cluster, "root");
    assert.deepEqual(grant.roles, [`\${teleport_role.${role.resource.friendlyUniqueId}.id}`, "auditor"]);
    assert.deepEqual(grant.traits, { env: ["dev"], logins: ["visitor", "ops"] });
  });

  it("may be given twice to one user, each with an id of its own", () => {
    const { stack, root } = newSite();
    root.user("myuser").grant({ logins: ["a"] });
    root.user("myuser").grant({ logins: ["b"] }, "More");

    assert.equal(Object.keys(synthesise(stack).resource?.teleport_user_grant ?? {}).length, 2);
  });

  it("is refused when it gives nothing", () => {
    const { root } = newSite();
    assert.throws(() => root.user("myuser").grant({ roles: [] }), /The grant for myuser gives nothing/);
  });
});

describe("a role that makes host users", () => {
  it("says so by the API's number, beside what the role says otherwise", () => {
    const { stack, leaf } = newSite();
    leaf
      .addRole("visitor", { logins: ["visitor"], spec: { options: { maxSessionTtl: "8h" } } })
      .createHostUser("keep", ["docker"]);

    const role = only(synthesise(stack).resource?.teleport_role as Record<string, Record<string, unknown>>);
    assert.deepEqual(role.spec, {
      allow: { host_groups: ["docker"], logins: ["visitor"] },
      options: { create_host_user_mode: 3, max_session_ttl: "8h" },
    });
  });
});

describe("an access check", () => {
  it("reads the leaf's role map and nodes after the trust, and asserts login and node", () => {
    const { stack, root, leaf } = newSite();
    const trust = leaf.trust(root, { roleMap: RoleMap.from("access").to("visitor").from("dev-*").to("visitor") });
    trust.verifyAccess({ node: "node-1", login: "visitor" });

    const { check, data } = synthesise(stack) as unknown as {
      check: Record<string, { assert: { condition: string }[] }>;
      data: Record<string, Record<string, Record<string, unknown>>>;
    };
    const after = `teleport_trust.${trust.resource.friendlyUniqueId}`;
    const [mapping, nodes] = ["teleport_role_mapping", "teleport_nodes"].map(
      (type) => `data.${type}.${Object.keys(data[type] ?? {})[0]}`,
    );
    const place = { cluster: "leaf", depends_on: [after], provider: "teleport" };
    assert.deepEqual(only(data.teleport_role_mapping), { ...place, roles: ["access"] });
    assert.deepEqual(only(data.teleport_nodes), place);
    assert.deepEqual(
      only(check).assert.map(({ condition }) => condition),
      [
        `\${${mapping}.enabled && contains(${mapping}.logins, "visitor")}`,
        `\${contains(${nodes}.nodes[*].hostname, "node-1")}`,
      ],
    );
  });

  it("may be made twice for one trust", () => {
    const { stack, root, leaf } = newSite();
    const trust = leaf.trust(root, { roleMap: RoleMap.from("access").to("visitor") });
    for (const login of ["visitor", "root"]) trust.verifyAccess({ node: "node-1", login });

    assert.equal(Object.keys(synthesise(stack).check ?? {}).length, 2);
  });

  it("wants to know whose access it is when the role map has patterns only", () => {
    const { root, leaf } = newSite();
    const trust = leaf.trust(root, { roleMap: RoleMap.from("*").to("visitor") });
    assert.throws(() => trust.verifyAccess({ node: "node-1", login: "visitor" }), /does not say whose access/);
  });
});

describe("labels of a leaf that somebody else joined", () => {
  it("stay with the leaf when they are destroyed, unless told otherwise", () => {
    const { stack, root } = newSite();
    const leaf = new ClusterLabels(stack, "partner", {
      root,
      leafName: "partner.example.com",
      labels: { env: "demo" },
    });

    assert.deepEqual(leaf.labels, { env: "demo" });
    assert.deepEqual(only(synthesise(stack).resource?.teleport_remote_cluster), {
      cluster: "root",
      keep_on_destroy: true,
      labels: { env: "demo" },
      name: "partner.example.com",
      provider: "teleport",
    });
  });

  it("are refused beside a trust for the same pair", () => {
    const { stack, root, leaf } = newSite();
    leaf.trust(root, { roleMap: RoleMap.from("access").to("access") });
    new ClusterLabels(stack, "labels", { root, leafName: "leaf.example.com", labels: { env: "demo" } });

    assert.throws(() => synthesise(stack), /stack\/labels\/Resource manages a part of the trust between root and leaf/);
  });
});

describe("an invitation token", () => {
  it("rotates on the root and is handed over by a command's environment, triggered by the generation", () => {
    const { stack, root } = newSite();
    const token = new InvitationToken(stack, "partner", { root, rotateAfter: "24h", overlap: "2h", ttl: "48h" });
    token.handOver("vault kv put secret/teleport token=-");

    const synthesised = synthesise(stack);
    const generation = `\${teleport_rotating_token.${token.resource.friendlyUniqueId}.generation}`;
    const value = only(synthesised.ephemeral?.teleport_rotating_token as Record<string, unknown>);
    assert.deepEqual(value, { cluster: "root", generation, name: "partner", overlap: "2h", provider: "teleport" });
    const handOver = only(synthesised.resource?.terraform_data as Record<string, Record<string, unknown>>);
    assert.deepEqual(handOver.triggers_replace, { generation });
    const [{ "local-exec": exec }] = handOver.provisioner as [{ "local-exec": Record<string, unknown> }];
    assert.equal(exec.command, "vault kv put secret/teleport token=-");
    assert.match(
      JSON.stringify(exec.environment),
      /^\{"TELEPORT_INVITATION_TOKEN":"\$\{ephemeral\.teleport_rotating_token\./,
    );
  });

  it("refuses a duration that is none", () => {
    const { stack, root } = newSite();
    assert.throws(() => new InvitationToken(stack, "partner", { root, ttl: "2 days" }), { code: "TRUST_DURATION" });
  });
});

describe("a text in an expression", () => {
  it("is escaped so that Terraform reads it byte for byte", () => {
    assert.equal(expressionText('a "b" \\d ${c} %{d}\n'), '"a \\"b\\" \\\\d $${c} %%{d}\\n"');
  });
});
