// `teleport_trust` by its own code against clusters that decide by theirs: real sockets, TLS, handshake and tunnel, without Terraform.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Lab } from "../../lab";
import { newObject, type ObjectValue, Unknown } from "../../provider/framework";
import { config, planned, resource } from "../support/trust/federation";
import { assertJoinedInLab, assertNothingInLab, LabProcess } from "../support/trust/lab-process";

const newTrust = { id: Unknown, web_proxy_addr: Unknown, tunnel_addr: Unknown, role_map: rows("access", "access") };

function rows(remote: string, ...local: string[]) {
  return [Object.assign(newObject(), { remote, local })];
}

function newLab(): Promise<Lab> {
  return new Lab({ statusRefreshMs: 50, withoutAuthorities: ["db"] }).ready;
}

async function apply<T>(lab: Lab, work: (process: LabProcess) => Promise<T>): Promise<T> {
  const process = new LabProcess(lab);
  try {
    return await work(process);
  } finally {
    await process.end();
  }
}

async function read(lab: Lab, state: ObjectValue) {
  const outcome = await apply(lab, ({ context }) =>
    resource.read({ state: { value: () => state, pick: () => state } }, context),
  );
  assert("state" in outcome);
  return outcome.state;
}

test("a trust is created, read, changed, disabled, enabled, repaired, imported and destroyed", async () => {
  await using lab = await newLab();
  const { state, problems } = await apply(lab, ({ context }) =>
    resource.create({ planned: planned(newTrust), config: config(newTrust) }, context),
  );
  assert.deepEqual(problems, []);
  assert(state !== null);
  assert.equal(state.id, "root.lab/leaf.lab");
  assertJoinedInLab(lab);
  assert.deepEqual(await read(lab, state), state, "a read right after changes nothing");

  const change = async (prior: ObjectValue, to: Record<string, unknown>) => {
    const request = { prior, planned: { ...prior, ...to, joined: true } as ObjectValue, config: config(to) };
    const outcome = await apply(lab, ({ context }) => resource.update(request, context));
    assert.deepEqual(outcome.problems, []);
    assert(outcome.state !== null);
    assert.deepEqual(await read(lab, outcome.state), outcome.state);
    return outcome.state;
  };
  const remapped = await change(state, { role_map: rows("*", "access", "auditor") });
  const relabelled = await change(remapped, { labels: new Map([["env", "prod"]]) });
  const disabled = await change(relabelled, { enabled: false });
  await lab.root.offline("leaf.lab");
  const enabled = await change(disabled, { enabled: true });
  await lab.leaf().connected("root.lab");

  for (const remove of ["remote_cluster", "trusted_cluster"] as const) {
    await apply(lab, async ({ context: { api, signal } }) => {
      const [root, leaf] = [api.connections.get("root"), api.connections.get("leaf")];
      if (remove === "remote_cluster") await root.remoteClusters.delete("leaf.lab", signal);
      else await leaf.trustedClusters.delete("root.lab", signal);
    });
    const half = await read(lab, enabled);
    assert.equal(half?.joined, false, remove);
    assert.deepEqual(await change(half, { web_proxy_addr: Unknown, tunnel_addr: Unknown }), enabled);
    assertJoinedInLab(lab);
  }

  const imported = await apply(lab, ({ context }) => resource.importState?.("root/leaf", context) ?? assert.fail());
  assert.deepEqual(imported.state, enabled);

  assert.deepEqual(await apply(lab, ({ context }) => resource.delete({ prior: enabled }, context)), []);
  assertNothingInLab(lab);
  assert.equal(await read(lab, enabled), null);
});

test("a leaf that lacks the mapped role is refused before anything is written", async () => {
  await using lab = await newLab();
  const missing = { ...newTrust, role_map: rows("access", "visitor") };
  const { state, problems } = await apply(lab, ({ context }) =>
    resource.create({ planned: planned(missing), config: config(missing) }, context),
  );
  assert.equal(state, null);
  assert.equal(problems?.[0]?.what, 'the role "visitor" does not exist on the leaf leaf.lab');
  assertNothingInLab(lab);
});

type Apply = (
  process: LabProcess,
  prior: ObjectValue,
) => Promise<{ readonly problems?: readonly { readonly severity?: string }[] }>;

const create = (process: LabProcess) =>
  resource.create({ planned: planned(newTrust), config: config(newTrust) }, process.context);

/** To have a trust: its waiting is another test's. */
const createQuickly = ({ context }: LabProcess) => {
  const quick = { ...newTrust, wait_for: "registered" };
  return resource.create({ planned: planned(quick), config: config(quick) }, context);
};

const update: Apply = ({ context }, prior) => {
  const to = { role_map: rows("*", "access"), labels: new Map([["tier", "1"]]), wait_for: "online" };
  const open = { web_proxy_addr: Unknown, tunnel_addr: Unknown, joined: true };
  return resource.update({ prior, planned: { ...prior, ...to, ...open } as ObjectValue, config: config(to) }, context);
};

const destroy: Apply = async ({ context }, prior) => ({ problems: (await resource.delete({ prior }, context)) ?? [] });

const matrix: readonly (readonly [
  string,
  (lab: Lab, prior: ObjectValue) => Promise<void>,
  Apply,
  (of: Lab) => void,
])[] = [
  [
    "create",
    async (lab, prior) => void (await apply(lab, (process) => destroy(process, prior))),
    create,
    assertJoinedInLab,
  ],
  ["update", async () => {}, update, assertJoinedInLab],
  [
    "repair",
    (lab) =>
      apply(lab, ({ context: { api, signal } }) =>
        api.connections.get("root").remoteClusters.delete("leaf.lab", signal),
      ),
    update,
    assertJoinedInLab,
  ],
  ["destroy", async () => {}, destroy, assertNothingInLab],
];

describe("a process that is killed", { concurrency: true }, () => {
  for (const [name, prepare, work, assertEnd] of matrix) {
    test(`after any call of a cluster is continued by the next one: ${name}`, async (t) => {
      await using lab = await newLab();
      let prior = (await apply(lab, createQuickly)).state as ObjectValue;
      for (let n = 1; ; n++) {
        await prepare(lab, prior);
        const hold = lab.calls.holdAnswerOf(n, { user: "bot" });
        const doomed = new LabProcess(lab);
        const finished = work(doomed, prior).catch(() => ({ problems: [] }));
        const first = await Promise.race([hold.reached.then(() => "killed"), finished.then(() => "finished")]);
        await doomed.kill();
        hold.release();
        await finished;
        if (first === "killed") {
          const { problems = [] } = await apply(lab, (process) => work(process, prior));
          assert(
            problems.every(({ severity }) => severity === "warning"),
            `${name}, call ${n}: ${JSON.stringify(problems)}`,
          );
        }
        assertEnd(lab);
        if (first === "finished") {
          t.diagnostic(`${name}: ${n - 1} calls`);
          break;
        }
        prior = (await apply(lab, createQuickly)).state as ObjectValue;
      }
      await apply(lab, (process) => destroy(process, prior));
      assertNothingInLab(lab);
    });
  }
});

test("no token is in any state, memory or log", async () => {
  await using lab = await newLab();
  const process = new LabProcess(lab);
  const { state } = await create(process);
  await resource.read(
    { state: { value: () => state as ObjectValue, pick: () => state as ObjectValue } },
    process.context,
  );
  await resource.delete({ prior: state as ObjectValue }, process.context);
  await process.end();
  const seen = [
    JSON.stringify(state),
    Buffer.from(process.context.private.toBytes()).toString("utf8"),
    ...process.log,
  ].join("\n");
  assert(lab.issuedTokens.length > 0);
  for (const token of lab.issuedTokens) {
    assert(!seen.includes(token));
    assert(!seen.includes(Buffer.from(token).toString("base64")));
  }
});
