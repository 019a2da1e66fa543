import assert from "node:assert/strict";
import { test } from "node:test";
import { newObject, type ObjectValue, type ProblemShape, Unknown } from "../../../../../provider/framework";
import { notePlannedRole } from "../../../../../provider/resources/planned-roles";
import { Problem } from "../../../../../trust";
import { config, Federation, planned, resource } from "../../../../support/trust/federation";

function shown(problems: readonly ProblemShape[] | undefined): (readonly [string, string])[] {
  return (problems ?? []).map(({ severity = "error", what }) => [severity, what]);
}

async function planCreate(federation: Federation, change: Record<string, unknown> = {}) {
  const plan = { action: "create", prior: null, planned: planned(change), config: config(change) } as const;
  return resource.checkPlan?.(plan, federation.context);
}

test("a plan of a new trust that can be made says nothing, and writes nothing", async () => {
  const federation = new Federation();
  assert.deepEqual(shown((await planCreate(federation))?.problems), []);
  assert.deepEqual(federation.writes, []);
});

test("what the same plan may be about to create is a warning, unless this process has planned it", async () => {
  const federation = new Federation();
  federation.leaf.roles.clear();
  const plan = await planCreate(federation);
  assert.deepEqual(shown(plan?.problems), [["warning", 'the role "visitor" does not exist on the leaf leaf.lab yet']]);
  notePlannedRole(federation.api.connections, "leaf", "visitor");
  assert.deepEqual(shown((await planCreate(federation))?.problems), []);
});

test("what will be refused is an error already in the plan", async () => {
  const federation = new Federation();
  federation.root.register("leaf.lab", "another");
  const [[severity] = []] = shown((await planCreate(federation))?.problems);
  assert.equal(severity, "error");
});

test("a create that will take over what is marked as ours is announced", async () => {
  const federation = new Federation();
  await federation.create();
  assert.deepEqual(shown((await planCreate(federation))?.problems), [
    ["warning", "leaf.lab already trusts root.lab, by the mark of this very trust: it is taken over, not made"],
  ]);
});

test("an existing trust whose versions drift apart is a warning", async () => {
  const federation = new Federation();
  const state = await federation.create();
  federation.leaf.version = "18.0.0";
  const outcome = await resource.read({ state: { value: () => state, pick: () => state } }, federation.context);
  assert("state" in outcome);
  assert.deepEqual(shown(outcome.problems), [
    [
      "warning",
      "the leaf leaf.lab runs Teleport 18.0.0, the root root.lab runs 17.7.0: a leaf may not be a major version newer than its root",
    ],
  ]);
});

test("another real cluster replaces the trust, another key of the same one does not", async () => {
  const federation = new Federation();
  const prior = await federation.create();
  const plan = (leaf: string) =>
    resource.checkPlan?.(
      { action: "update", prior, planned: { ...prior, leaf } as ObjectValue, config: config({ leaf }) },
      federation.context,
    );
  assert.deepEqual((await plan("other"))?.replace, [["leaf"]]);
  assert.equal((await plan("renamed"))?.replace, undefined);
});

test("a cluster that does not answer is complained about once in a process, and nothing is refused", async () => {
  const federation = new Federation();
  federation.leaf.before = () => {
    throw new Problem("CONNECTION_FAILED", "no route to leaf.lab:443", [], "Check it.");
  };
  assert.deepEqual(shown((await planCreate(federation))?.problems), [
    ["warning", 'not checked against cluster "leaf" (leaf.lab:443): no route to leaf.lab:443'],
  ]);
  assert.deepEqual(shown((await planCreate(federation))?.problems), []);
});

test("a delete whose connection is gone is refused at plan, before anything else is applied", async () => {
  const federation = new Federation();
  const prior = await federation.create();
  federation.configured.delete("leaf");
  const plan = await resource.checkPlan?.({ action: "delete", prior, planned: null, config: null }, federation.context);
  assert.equal(plan?.problems?.length, 1);
  assert.equal(plan?.problems?.[0]?.severity ?? "error", "error");
});

test("what is unknown in a plan is not judged", async () => {
  const federation = new Federation();
  const row = Object.assign(newObject(), { remote: "access", local: [Unknown, "visitor"] });
  const change = { role_map: [row], labels: Unknown, web_proxy_addr: Unknown };
  assert.deepEqual(shown((await planCreate(federation, change))?.problems), []);
  assert.deepEqual(await planCreate(federation, { leaf: Unknown }), {});
});

test("a create plans `joined`, so that a half trust shows as a change later", () => {
  const change = { action: "create", prior: null, planned: planned({ joined: Unknown }), config: config() } as const;
  assert.equal(resource.customizePlan?.(change, new Federation().context)?.planned?.joined, true);
});

test("a whole trust plans nothing of its own", async () => {
  const federation = new Federation();
  const state = await federation.create();
  const change = { action: "none", prior: state, planned: state, config: config() } as const;
  assert.deepEqual(resource.customizePlan?.(change, federation.context), {});
});

function validated(name: string, value: unknown): ProblemShape[] {
  const attribute = resource.schema.attributes[name];
  return (attribute?.validate ?? []).flatMap((validate) => [...validate(value as never)]);
}

test("arguments are judged before any server is asked", () => {
  const cases: readonly (readonly [string, unknown, string])[] = [
    ["wait_for", "offline", '"offline" is none of the values that are allowed here'],
    ["token_ttl", "30 s", '"30 s" is not a duration'],
    ["token_ttl", "1s", "a token that lives for 1s may be over before the leaf has used it"],
    ["web_proxy_addr", "https://root.lab", '"https://root.lab" is not an address of the form host:port'],
    ["labels", new Map([["", "x"]]), "a label has no key"],
    ["role_map", [], "the role map is empty"],
  ];
  for (const [name, value, what] of cases) assert.equal(validated(name, value)[0]?.what, what);
  const twice = ["a", "a"].map((remote) => Object.assign(newObject(), { remote, local: ["x"] }));
  assert.deepEqual(validated("role_map", twice)[0]?.where, [1, "remote"]);
  const literal = [Object.assign(newObject(), { remote: "^dev", local: ["x"] })];
  assert.equal(validated("role_map", literal)[0]?.severity, "warning");
  assert.deepEqual(validated("role_map", [Object.assign(newObject(), { remote: Unknown, local: [""] })]), []);
});

test("a cluster cannot trust itself", () => {
  const problems = [...(resource.validateConfig?.(config({ leaf: "root" })) ?? [])];
  assert.deepEqual(shown(problems), [["error", 'root and leaf are one cluster, "root"']]);
});
