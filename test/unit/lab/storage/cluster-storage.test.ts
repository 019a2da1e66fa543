import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";

import { ProvisionTokenV2Schema } from "../../../../lab/gen/teleport/types/provision_token_pb";
import type { RoleV6 } from "../../../../lab/gen/teleport/types/role_pb";
import { RoleV6Schema } from "../../../../lab/gen/teleport/types/role_pb";
import { ClusterStorage } from "../../../../lab/storage";
import { isTrace } from "../../../../lab/trace-error";

let nowMs = 0;
let storage: ClusterStorage;

beforeEach(() => {
  nowMs = 0;
  let revision = 0;
  storage = new ClusterStorage({ now: () => nowMs, newRevision: () => `r${++revision}` });
});

const role = (name: string, revision = ""): RoleV6 => create(RoleV6Schema, { metadata: { name, revision } });

test("what goes in and out is a copy", () => {
  const given = role("a");
  const stored = storage.create("role", given);
  given.version = "changed";
  stored.version = "changed";
  assert.equal(storage.get("role", "a")?.version, "");
  const listed = storage.list("role")[0];
  if (listed !== undefined) listed.version = "changed";
  assert.equal(storage.get("role", "a")?.version, "");
});

test("each write gives a new revision and the namespace; the caller's object keeps its own", () => {
  const given = role("a");
  assert.equal(storage.create("role", given).metadata?.revision, "r1");
  assert.equal(given.metadata?.revision, "");
  const second = storage.upsert("role", given);
  assert.deepEqual([second.metadata?.revision, second.metadata?.namespace], ["r2", "default"]);
});

test("create refuses what exists, update what changed or is not there, delete what is not there", () => {
  storage.create("role", role("a"));
  assert.throws(
    () => storage.create("role", role("a")),
    (error) => isTrace(error, "already_exists"),
  );
  assert.throws(
    () => storage.update("role", role("a", "r0")),
    (error) => isTrace(error, "compare_failed"),
  );
  assert.throws(
    () => storage.update("role", role("b", "r1")),
    (error) => isTrace(error, "compare_failed"),
  );
  assert.equal(storage.update("role", role("a", "r1")).metadata?.revision, "r2");
  assert.throws(
    () => storage.delete("role", "b"),
    (error) => isTrace(error, "not_found"),
  );
  assert.equal(storage.deleteIfPresent("role", "b"), false);
  storage.delete("role", "a");
  assert.equal(storage.get("role", "a"), undefined);
});

test("lists are sorted by bytes, not by UTF-16 units", () => {
  for (const name of ["\u{10000}", "\uffff", "b", "B", "a"]) storage.create("role", role(name));
  assert.deepEqual(
    storage.list("role").map(({ metadata }) => metadata?.name),
    ["B", "a", "b", "\uffff", "\u{10000}"],
  );
});

test("an object is gone from the moment of its expiry, and listeners hear of it", () => {
  const heard: string[] = [];
  storage.onChange(({ type, kind, key }) => heard.push(`${type} ${kind} ${key}`));
  storage.create(
    "token",
    create(ProvisionTokenV2Schema, { metadata: { name: "t", expires: { seconds: 1n, nanos: 500 } } }),
  );
  nowMs = 1000;
  assert.notEqual(storage.get("token", "t"), undefined);
  nowMs = 1001;
  assert.deepEqual(storage.list("token"), []);
  assert.deepEqual(heard, ["put token t", "delete token t"]);
});

test("several writes happen together or not at all", () => {
  storage.create("role", role("a"));
  const failed = storage.write([
    { kind: "role", when: "absent", put: role("b") },
    { kind: "role", when: { revision: "r9" }, delete: "a" },
  ]);
  assert.deepEqual(failed, { kind: "role", when: { revision: "r9" }, delete: "a" });
  assert.equal(storage.get("role", "b"), undefined);
  const done = storage.write([
    { kind: "role", when: "exists", check: "a" },
    { kind: "role", when: { revision: "r1" }, delete: "a" },
    { kind: "role", when: "absent", put: role("b") },
    { kind: "role", when: "any", delete: "never was" },
  ]);
  assert.equal(done, undefined);
  assert.deepEqual(
    storage.list("role").map(({ metadata }) => metadata?.name),
    ["b"],
  );
});

test("fields that the lab does not know are kept, so that it can stand for a newer server", () => {
  const unknown = Buffer.from([0xf2, 0x3f, 0x01, 0x41]);
  const given = fromBinary(RoleV6Schema, Buffer.concat([toBinary(RoleV6Schema, role("a")), unknown]));
  const stored = Buffer.from(toBinary(RoleV6Schema, storage.create("role", given)));
  assert.ok(stored.includes(unknown));
});
