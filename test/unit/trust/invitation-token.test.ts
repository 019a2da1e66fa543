import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";

import { createTokenName, isTokenNameOf, ownershipLabel, publicId, tokenPrefix, trustId } from "../../../trust";

test("the public id of a trust is the beginning of a SHA-256 that anybody can compute", () => {
  assert.equal(
    trustId("root.lab", "leaf.lab"),
    createHash("sha256").update("root.lab/leaf.lab").digest("hex").slice(0, 8),
  );
  assert.notEqual(trustId("root.lab", "leaf.lab"), trustId("leaf.lab", "root.lab"));
  assert.equal(ownershipLabel, "teleport-trust/id");
});

test("a token's name is the public prefix and 128 random bits, and does not print", () => {
  const id = publicId("root.lab/leaf.lab");
  const name = createTokenName(id, (size) => {
    assert.equal(size, 16);
    return new Uint8Array(size).fill(0xab);
  });
  assert.equal(name.reveal(), `${tokenPrefix(id)}${"ab".repeat(16)}`);
  assert.equal(String(name), "(secret)");
  assert(isTokenNameOf(id, createTokenName(id, randomBytes).reveal()));
});

test("only names that were made so are taken for own tokens", () => {
  const id = publicId("root.lab/leaf.lab");
  for (const name of [
    "",
    "tt-",
    `${tokenPrefix(id)}short`,
    `${tokenPrefix(id)}${"g".repeat(32)}`,
    `x${tokenPrefix(id)}${"a".repeat(32)}`,
  ])
    assert(!isTokenNameOf(id, name), name);
  assert(!isTokenNameOf(publicId("root.lab/other.lab"), `${tokenPrefix(id)}${"a".repeat(32)}`));
});
