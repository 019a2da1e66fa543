import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import {
  createGenerationName,
  createTokenName,
  generationOf,
  isTokenNameOf,
  publicId,
  publicPrefixOf,
  tokenPrefix,
} from "../../../trust";

const id = publicId("root.lab/leaf.lab");
const made = { generation: 3, madeMs: Date.parse("2026-11-22T12:00:00Z") };

test("a generation's name tells its number and when it was made, and hides 128 random bits", () => {
  const name = createGenerationName(id, { ...made, madeMs: made.madeMs + 999 }, (size) => {
    assert.equal(size, 16);
    return new Uint8Array(size).fill(0xab);
  });
  assert.equal(name.reveal(), `${tokenPrefix(id)}3-20261122T120000Z-${"ab".repeat(16)}`);
  assert.equal(String(name), "(secret)");
  assert.deepEqual(generationOf(id, name.reveal()), made);
  assert.equal(publicPrefixOf(name.reveal()), tokenPrefix(id));
});

test("a trust's token is no generation and a generation is no trust's token, even with the same prefix", () => {
  assert.equal(generationOf(id, createTokenName(id, randomBytes).reveal()), undefined);
  assert(!isTokenNameOf(id, createGenerationName(id, made, randomBytes).reveal()));
});

test("only names that were made so are generations", () => {
  const secret = "a".repeat(32);
  for (const rest of [
    "",
    secret,
    `0-20261122T120000Z-${secret}`,
    `03-20261122T120000Z-${secret}`,
    `3-20261322T120000Z-${secret}`,
    `3-20261122T120000Z-${secret}0`,
    `3-20261122T120000Z-${secret.toUpperCase()}`,
    `3-${secret}`,
  ])
    assert.equal(generationOf(id, `${tokenPrefix(id)}${rest}`), undefined, rest);
  assert.equal(
    generationOf(publicId("root.lab/other"), createGenerationName(id, made, randomBytes).reveal()),
    undefined,
  );
});
