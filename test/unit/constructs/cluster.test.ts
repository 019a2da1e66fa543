import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { type App, TerraformStack, TerraformVariable, Testing } from "cdktf";

import { Identity, Role, RootCluster } from "../../../constructs";
import { clustersOf, newSite, newStack, synthesise } from "../../support/synthesis";

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
    const { stack, root } = newSite();
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
    const { root } = clustersOf(first);
    new Role(second, "role", { cluster: root });

    const { provider } = synthesise(second);
    assert.deepEqual(Object.keys(provider.teleport[0].clusters), ["root"]);
  });
});
