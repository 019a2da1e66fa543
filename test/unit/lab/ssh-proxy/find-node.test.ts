import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { create } from "@bufbuild/protobuf";

import { ServerV2Schema } from "../../../../lab/gen/teleport/types/server_pb";
import { findNode } from "../../../../lab/ssh-proxy/find-node";
import { parseProxySubsystem } from "../../../../lab/ssh-proxy/subsystem";

const node = (name: string, hostname: string, addr: string) =>
  create(ServerV2Schema, { kind: "node", version: "v2", metadata: { name }, spec: { hostname, addr } });

const nodes = [
  node("id-1", "node-1", "127.0.0.1:4001"),
  node("id-2", "node-2", "127.0.0.1:4002"),
  node("id-3", "twin", "127.0.0.1:4003"),
  node("id-4", "twin", "127.0.0.1:4004"),
  node("id-5", "", ""),
];

describe("the subsystem of a proxy", () => {
  const rows: readonly (readonly [name: string, target: object])[] = [
    ["proxy:node-1:3022@leaf.lab", { host: "node-1", port: "3022", cluster: "leaf.lab" }],
    ["proxy:node-1.leaf.lab:22@default@leaf.lab", { host: "node-1.leaf.lab", port: "22", cluster: "leaf.lab" }],
    ["proxy:node-1:0", { host: "node-1", port: "0" }],
    ["proxy:node-1", { host: "node-1", port: "" }],
    ["proxy:[::1]:3022@leaf.lab", { host: "::1", port: "3022", cluster: "leaf.lab" }],
  ];
  for (const [name, target] of rows) {
    test(`${name} is read`, () => assert.deepEqual(parseProxySubsystem(name), target));
  }

  for (const name of [
    "proxy:",
    "proxy::22",
    "proxy:a:b",
    "proxy:a:1@",
    "proxy:a:1@b@c@d",
    "proxy:a:123456",
    "proxy:a:1:2",
  ]) {
    test(`${name} is no target`, () => {
      assert.throws(() => parseProxySubsystem(name), {
        message: `invalid format for proxy request: "${name}", expected proxy:host:port@cluster`,
      });
    });
  }

  test("any other subsystem is refused", () => {
    assert.throws(() => parseProxySubsystem("sftp"), {
      message: 'a proxy serves the subsystem proxy:host:port@cluster and nothing else, not "sftp"',
    });
  });
});

describe("the node that is meant", () => {
  const find = (host: string, port = "22") => findNode(nodes, { host, port }, "leaf.lab").metadata?.name;

  test("is found by host name, with and without the cluster, by id and by address", () => {
    for (const host of ["node-1", "node-1.leaf.lab", "id-1", "id-1.leaf.lab"]) assert.equal(find(host), "id-1", host);
    assert.equal(find("127.0.0.1", "4002"), "id-2");
  });

  test("is not found by half a name, another cluster's, another port or nothing", () => {
    const missing = { message: "direct dialing to nodes not found in inventory is not supported" };
    for (const host of ["node", "node-1.root.lab", "127.0.0.1", "", ".leaf.lab"])
      assert.throws(() => find(host), missing, host);
    assert.throws(() => find("127.0.0.1", ""), missing);
  });

  test("has to be one", () => {
    assert.throws(() => find("twin"), { message: "ambiguous host could match multiple nodes" });
    assert.equal(find("id-4"), "id-4");
  });
});
