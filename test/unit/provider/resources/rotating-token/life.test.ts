import assert from "node:assert/strict";
import { test } from "node:test";

import { rotatingTokenEphemeral } from "../../../../../provider/ephemeral-resources/rotating-token";
import { relation, Unknown } from "../../../../../provider/framework";
import { rotatingToken } from "../../../../../provider/resources/rotating-token";
import { generationOf, publicId } from "../../../../../trust";
import { MiniTerraform } from "../../../../support/mini-terraform";
import { Federation } from "../../../../support/trust/federation";

const resource = relation(rotatingToken);
const id = publicId("root.lab/leaf");
const hour = 3_600_000;
const plain = { cluster: "root", name: "leaf", ttl: "4h", rotate_after: "2h", overlap: "1h" };

function setUp() {
  const federation = new Federation();
  const { root } = federation;
  root.now = () => federation.nowMs;
  return {
    federation,
    root,
    terraform: new MiniTerraform(resource, () => federation.context),
    live: () =>
      [...root.tokens.values()].map(({ metadata }) => ({
        generation: generationOf(id, metadata?.name ?? "")?.generation,
        expires: new Date(Number(metadata?.expires?.seconds ?? 0n) * 1000).toISOString().slice(11, 16),
        labels: metadata?.labels,
      })),
    pass: (ms: number) => {
      federation.nowMs += ms;
    },
    handOut: (generation: unknown, overlap = "1h") =>
      rotatingTokenEphemeral.open({ cluster: "root", name: "leaf", generation, overlap } as never, federation.context),
  };
}

test("the first apply makes generation 1; state holds prefix, number and dates, and never a value", async () => {
  const { federation, terraform, root } = setUp();
  assert.deepEqual(await terraform.apply({ ...plain, labels: new Map([["env", "demo"]]) }), {
    action: "create",
    problems: [],
  });
  assert.deepEqual(federation.writes, ["root: create token"]);
  assert.deepEqual(
    { ...terraform.state },
    {
      id: "root.lab/leaf",
      cluster: "root",
      name: "leaf",
      ttl: "4h",
      rotate_after: "2h",
      overlap: "1h",
      labels: new Map([["env", "demo"]]),
      prefix: `tt-${id}-`,
      generation: 1,
      expires: "2026-11-22T16:00:00Z",
      rotates: "2026-11-22T14:00:00Z",
      pending: null,
    },
  );
  const [token] = root.tokens.values();
  assert.deepEqual(token?.metadata?.labels, { env: "demo" }, "the leaf gets these, and no mark of ours");
  assert.equal(
    token?.metadata?.description,
    'Invitation "leaf", generation 1 (teleport-trust: ttl 4h, rotate_after 2h, overlap 1h)',
  );
  assert.deepEqual([token?.spec?.roles, token?.spec?.join_method], [["Trusted_cluster"], "token"]);
});

test("a rotation that is due shows in the plan with its reason and its dates, and is made by the apply", async () => {
  const { federation, terraform, live, pass } = setUp();
  await terraform.apply(plain);
  pass(2 * hour - 1);
  assert(await terraform.isSettled(plain));
  pass(1);
  await terraform.refresh();
  const { state } = terraform;
  assert.equal(state?.pending, "rotation: generation 1 is due since 2026-11-22T14:00:00Z: it is older than 2h0m0s");
  const { planned, adjustment } = terraform.plan(plain);
  assert.deepEqual(
    [planned.generation, planned.expires, planned.rotates, planned.pending],
    [Unknown, Unknown, Unknown, null],
  );
  assert.deepEqual(
    adjustment.problems?.map(({ severity, code, what, next }) => [severity, code, what, next]),
    [
      [
        "warning",
        "ROTATION_PENDING",
        'the rotating token "leaf" gets a new generation: generation 1 is due since 2026-11-22T14:00:00Z: it is older than 2h0m0s',
        "Applied now, the new generation is accepted until 2026-11-22T18:00:00Z, generation 1 until 2026-11-22T15:00:00Z; the next rotation is due at 2026-11-22T16:00:00Z.",
      ],
    ],
  );
  federation.calls.length = 0;
  assert.equal((await terraform.apply(plain)).action, "update");
  assert.deepEqual(federation.writes, ["root: create token", "root: upsert token"]);
  assert.deepEqual(
    live().map(({ generation, expires }) => [generation, expires]),
    [
      [1, "15:00"],
      [2, "18:00"],
    ],
  );
  assert.deepEqual([terraform.state?.generation, terraform.state?.rotates], [2, "2026-11-22T16:00:00Z"]);
  assert(await terraform.isSettled(plain));
});

test("the plan never asks a clock: hours between plan and apply change nothing of it", async () => {
  const { terraform, pass } = setUp();
  await terraform.apply(plain);
  pass(3 * hour);
  await terraform.refresh();
  const first = terraform.plan(plain);
  pass(50 * hour);
  assert.deepEqual(terraform.plan(plain), first);
});

test("missed runs leave the resource in the state, and the next run goes on with the next number", async () => {
  const { terraform, pass, live } = setUp();
  await terraform.apply(plain);
  pass(100 * hour);
  const { action, problems } = await terraform.apply(plain);
  assert.equal(action, "update");
  assert.deepEqual(problems, [
    'warning ROTATION_PENDING the rotating token "leaf" gets a new generation: generation 1 expired at 2026-11-22T16:00:00Z, no run came in time',
  ]);
  assert.equal(terraform.state?.generation, 2);
  assert.equal(live().at(-1)?.generation, 2);
});

test("a generation that somebody removed is made anew, under the next number", async () => {
  const { terraform, root } = setUp();
  await terraform.apply(plain);
  root.tokens.clear();
  const { problems } = await terraform.apply(plain);
  assert.deepEqual(problems, [
    'warning ROTATION_PENDING the rotating token "leaf" gets a new generation: generation 1 was removed before its time',
  ]);
  assert.equal(terraform.state?.generation, 2);
});

test("labels are changed on every live generation, and another's change of them is corrected", async () => {
  const { terraform, live, pass, root } = setUp();
  await terraform.apply(plain);
  pass(2 * hour);
  await terraform.apply(plain);
  const labelled = { ...plain, labels: new Map([["env", "demo"]]) };
  const { generation } = { ...terraform.state };
  await terraform.apply(labelled);
  assert.equal(terraform.state?.generation, generation, "labels need no new value");
  assert.deepEqual(
    live().map(({ labels }) => labels),
    [{ env: "demo" }, { env: "demo" }],
  );
  assert(await terraform.isSettled(labelled));
  for (const token of root.tokens.values()) {
    if (token.metadata) token.metadata.labels = { env: "prod", "teleport.dev/origin": "dynamic" };
  }
  await terraform.apply(labelled);
  assert.deepEqual(live()[0]?.labels, { "teleport.dev/origin": "dynamic", env: "demo" });
  assert(await terraform.isSettled(labelled));
});

test("rules that were made stricter are judged by the apply that brings them, looser ones by later runs", async () => {
  const { terraform, pass } = setUp();
  await terraform.apply(plain);
  pass(1.5 * hour);
  const stricter = { ...plain, rotate_after: "1h" };
  assert.equal(terraform.plan(stricter).planned.generation, Unknown);
  await terraform.apply(stricter);
  assert.equal(terraform.state?.generation, 2);
  assert(await terraform.isSettled(stricter));
  const looser = { ...plain, ttl: "9h", rotate_after: "3h" };
  assert.equal(terraform.plan(looser).planned.generation, 2);
  await terraform.apply(looser);
  assert.equal(terraform.state?.rotates, "2026-11-22T16:30:00Z");
  assert(await terraform.isSettled(looser));
});

test("what became due after the plan is not done behind its back, but said", async () => {
  const { terraform, pass, federation } = setUp();
  await terraform.apply(plain);
  const changed = { ...plain, labels: new Map([["env", "demo"]]) };
  await terraform.refresh();
  const { planned } = terraform.plan(changed);
  pass(3 * hour);
  const { state } = terraform;
  assert(state);
  const outcome = await resource.update(
    { prior: state, planned, config: terraform.config(changed) },
    federation.context,
  );
  assert.equal(outcome.state?.generation, 1);
  assert.deepEqual(
    outcome.problems?.map(({ code, what }) => [code, what]),
    [
      [
        "ROTATION_LATE",
        'the rotating token "leaf" has become due since the plan was made: generation 1 is due since 2026-11-22T14:00:00Z: it is older than 2h0m0s',
      ],
    ],
  );
});

test("a token that somebody made endless gets an end again", async () => {
  const { terraform, root, live } = setUp();
  await terraform.apply(plain);
  for (const { metadata } of root.tokens.values()) if (metadata) metadata.expires = undefined;
  await terraform.refresh();
  assert.match(String(terraform.state?.pending), /^repair: generation 1 has not the end/);
  await terraform.apply(plain);
  assert.equal(live()[0]?.expires, "16:00");
  assert(await terraform.isSettled(plain));
});

test("a create takes over what an interrupted one left, and says so", async () => {
  const { terraform, federation, root } = setUp();
  await terraform.apply(plain);
  const second = new MiniTerraform(resource, () => federation.context);
  assert.deepEqual((await second.apply(plain)).problems, [
    'warning ROTATION_CONTINUED the rotating token "leaf" is on root.lab already, generation 1: it is taken over, not made',
  ]);
  assert.equal(root.tokens.size, 1);
});

test("a destroy removes every generation, and nothing else", async () => {
  const { terraform, root, pass } = setUp();
  await terraform.apply(plain);
  pass(2 * hour);
  await terraform.apply(plain);
  const [token] = [...root.tokens.values()];
  const foreign = `tt-${id}-${"a".repeat(32)}`;
  assert(token);
  root.tokens.set(foreign, { ...token, metadata: token.metadata && { ...token.metadata, name: foreign } });
  assert.deepEqual(await terraform.destroy(), []);
  assert.deepEqual([...root.tokens.keys()], [foreign], "a trust's token of the same prefix is not ours");
});

test("an import finds the generations by their prefix, and the rules in the description", async () => {
  const { terraform, federation, root } = setUp();
  await assert.rejects(terraform.import("root/leaf"), ({ code }: { code: string }) => code === "API_NOT_FOUND");
  await new MiniTerraform(resource, () => federation.context).apply(plain);
  await terraform.import("root/leaf");
  assert.equal(terraform.state?.generation, 1);
  assert(await terraform.isSettled(plain));
  for (const { metadata } of root.tokens.values()) if (metadata) metadata.description = "Edited (ttl none)";
  await terraform.import("root/leaf");
  assert.deepEqual(
    [terraform.state?.ttl, terraform.state?.overlap],
    ["72h", "24h"],
    "else the defaults are in the state",
  );
});

test("the ephemeral twin hands out the newest generation, and nothing that ends within the overlap", async () => {
  const { terraform, pass, handOut, root } = setUp();
  await terraform.apply(plain);
  const { result } = await handOut(1);
  const [token] = root.tokens.keys();
  assert.equal(result.token, token);
  assert.equal(result.expires, "2026-11-22T16:00:00Z");
  const refused = (what: RegExp) => (error: { code: string; what: string; next: string }) => {
    assert.match(error.what, what);
    assert.match(error.next, /^Apply first, with a refresh/);
    return error.code === "ROTATION_APPLY_FIRST";
  };
  await assert.rejects(
    handOut(2),
    refused(/^generation 2 of the rotating token "leaf" is not in cluster "root" \(root\.lab:443\)/),
  );
  pass(3 * hour + 1);
  await assert.rejects(
    handOut(1),
    refused(/^generation 1 .* ends at 2026-11-22T16:00:00Z, with less than 1h0m0s left$/),
  );
  await terraform.apply(plain);
  assert.notEqual((await handOut(2)).result.token, token);
});

for (const [name, said, where, what] of [
  [
    "a ttl that leaves no overlap",
    { ttl: "2h", rotate_after: "2h", overlap: "1h" },
    "ttl",
    "a generation that lives for 2h0m0s cannot be rotated after 2h0m0s and accepted for 1h0m0s more",
  ],
  [
    "an overlap longer than a period",
    { ttl: "9h", rotate_after: "1h", overlap: "2h" },
    "overlap",
    "an overlap of 2h0m0s with a rotation each 1h0m0s would need more than two live generations",
  ],
] as const) {
  test(`${name} is refused before any server is asked`, () => {
    const { terraform } = setUp();
    const problems = [...(resource.validateConfig?.(terraform.config({ ...plain, ...said })) ?? [])];
    assert.deepEqual(
      problems.map((problem) => [problem.code, problem.where[0], problem.what]),
      [["ROTATION_ARGUMENT", where, what]],
    );
    assert.deepEqual(
      [...(resource.validateConfig?.(terraform.config({ ...plain, ...said, [where]: Unknown })) ?? [])],
      [],
    );
  });
}
