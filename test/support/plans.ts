import assert from "node:assert/strict";

import type { Acceptance } from "./acceptance";
import { assertFailed, onOneLine } from "./refusals";
import type { Plan, ResourceChange, Run } from "./terraform";

/** A change as one reads it aloud: `create`, `update`, `delete then create`; a read of a data source is `read`. */
function deed({ actions }: ResourceChange["change"]): string {
  return actions.join(" then ");
}

/** What changes nothing: to leave an object as it is, and, as OpenTofu lists it, to open an ephemeral one. */
const idle: readonly string[] = ["no-op", "open"];

/** What a plan would do, by address; what stays as it is does not appear. */
export function deedsOf({ resource_changes = [] }: Plan): Record<string, string> {
  const changes = resource_changes.filter(({ change }) => !idle.includes(deed(change)));
  return Object.fromEntries(changes.map(({ address, change }) => [address, deed(change)]));
}

/** Plans, and answers what the plan would do, by address. */
export async function deeds(acceptance: Acceptance): Promise<Record<string, string>> {
  return deedsOf((await acceptance.planned()).plan);
}

/** The attributes that a plan changes at an address, before and after; what is not known yet is `(unknown)`. */
export function changesOf(plan: Plan, address: string): Record<string, readonly [before: unknown, after: unknown]> {
  const found = plan.resource_changes?.find((change) => change.address === address);
  assert.ok(found, `the plan has no ${address}`);
  const { before, after, after_unknown: unknown } = found.change;
  const [old, next, open] = [before, after, unknown].map((value) => (value ?? {}) as Record<string, unknown>);
  const names = new Set([...Object.keys(old ?? {}), ...Object.keys(next ?? {}), ...Object.keys(open ?? {})]);
  const pairs = [...names].map((name) => {
    const later = open?.[name] === true ? "(unknown)" : next?.[name];
    return [name, [old?.[name], later]] as const;
  });
  return Object.fromEntries(pairs.filter(([, [from, to]]) => JSON.stringify(from) !== JSON.stringify(to)));
}

/** Asserts that nothing is to be done: exit code 0, no change announced, and no drift. */
export async function assertEmptyPlan(acceptance: Acceptance): Promise<void> {
  const run = await acceptance.run(["plan", "-json", "-input=false", "-detailed-exitcode"]);
  const said = run.stdout.split("\n").filter((line) => line !== "");
  const changes = said.filter((line) => /"type":"(planned_change|resource_drift|diagnostic)"/.test(line));
  assert.deepEqual(
    changes.filter((line) => !/"severity":"warning"|"action":"open"/.test(line)),
    [],
  );
  assert.equal(run.code, 0, run.output);
}

/**
 * Asserts that state and clusters agree: an empty plan, in whose JSON every action is `no-op` and nothing has drifted; a refresh that changes
 * nothing; and an empty plan again.
 */
export async function assertSettled(acceptance: Acceptance): Promise<void> {
  const { plan } = await acceptance.planned(["-detailed-exitcode"]);
  assert.deepEqual(deedsOf(plan), {});
  assert.deepEqual(plan.resource_drift ?? [], []);
  const before = stateText(acceptance);
  const run = await acceptance.run(["apply", "-refresh-only", "-auto-approve", "-no-color", "-input=false"]);
  assert.equal(run.code, 0, run.output);
  assert.equal(stateText(acceptance), before, "a refresh changed the state");
  await assertEmptyPlan(acceptance);
}

interface StateFile {
  readonly outputs: unknown;
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: unknown; readonly private?: string }[];
  }[];
}

/** What providers have put into the state. The rest, such as dependencies and marks of secrets, is Terraform's own and may change. */
function stateText(acceptance: Acceptance): string {
  const { outputs, resources } = JSON.parse(acceptance.terraform.read("terraform.tfstate")) as StateFile;
  const told = resources.map(({ type, name, instances }) => [
    type,
    name,
    instances.map(({ attributes, private: memory }) => [attributes, memory]),
  ]);
  return JSON.stringify([outputs, told], undefined, 1);
}

/** Applies a configuration, and asserts that the plan is empty afterwards. */
export async function applyEmpty(acceptance: Acceptance, configuration?: string): Promise<Run> {
  if (configuration !== undefined) acceptance.configure(configuration);
  const run = await acceptance.applied();
  await assertEmptyPlan(acceptance);
  return run;
}

/** Applies a configuration, and asserts that everything is settled afterwards. */
export async function applySettled(acceptance: Acceptance, configuration?: string): Promise<Run> {
  if (configuration !== undefined) acceptance.configure(configuration);
  const run = await acceptance.applied();
  await assertSettled(acceptance);
  return run;
}

/** Asserts that a run failed, and that it says all of this. */
export function assertRefused(run: Run, ...sentences: readonly string[]): void {
  assertFailed(run);
  for (const sentence of sentences) assertSays(run, sentence);
}

export function assertSays(run: Run, sentence: string): void {
  assert.ok(onOneLine(run).includes(sentence), `expected "${sentence}" in:\n${run.output}`);
}
