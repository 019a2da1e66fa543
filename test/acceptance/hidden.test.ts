// A labelled leaf and an identity whose roles have no `cluster_labels`: whatever is asked says that the leaf is hidden, and nothing changes anywhere.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { Acceptance } from "../support/acceptance";
import { joinLab } from "../support/lab-clients";
import { editRole, objectsOf } from "../support/outside";
import { assertRefused, assertSays } from "../support/plans";
import type { Run } from "../support/terraform";

const refreshOnly = ["apply", "-refresh-only", "-auto-approve", "-no-color", "-input=false"] as const;
const withoutRefresh = { args: ["-refresh=false"] };

const trust = `resource "teleport_trust" "leaf" {
  root     = "root"
  leaf     = "leaf"
  role_map = [{ remote = "access", local = ["access"] }]
  labels   = { env = "demo" }
}
`;

const remoteCluster = `resource "teleport_remote_cluster" "leaf" {
  cluster = "root"
  name    = "leaf.lab"
  labels  = { env = "demo" }
}
`;

/** Takes the sight of labelled leaves from the bot's role, as whoever writes that role without `cluster_labels`. */
function hideFromBot({ lab }: Acceptance): Promise<void> {
  return editRole(lab.root, "teleport-trust-iac", ({ spec }) => {
    assert.ok(spec?.allow);
    delete spec.allow.clusterLabels;
  });
}

function tokens({ lab }: Acceptance): number {
  return lab.issuedTokens.length;
}

describe("a leaf in the state of a resource", () => {
  for (const [name, configuration] of [
    ["teleport_trust", trust],
    ["teleport_remote_cluster", remoteCluster],
  ] as const) {
    test(`is hidden, not gone: ${name} says so in plan, apply, refresh and destroy, keeps its state and joins nothing anew`, async () => {
      await using acceptance = await Acceptance.start({ withoutAuthorities: ["db"] });
      const { lab, terraform } = acceptance;
      if (configuration === remoteCluster) await joinLab(lab.root, lab.leaf(), "invitation");
      await acceptance.configure(configuration).applied();
      await hideFromBot(acceptance);
      const [state, before, made] = [
        terraform.read("terraform.tfstate"),
        objectsOf(acceptance.lab),
        tokens(acceptance),
      ];

      const changed = configuration.replace("demo", "prod");
      const works: readonly (readonly [work: string, text: string, run: () => Promise<Run>])[] = [
        ["plan", configuration, () => acceptance.plan()],
        ["plan of a change", changed, () => acceptance.plan()],
        ["refresh", configuration, () => acceptance.run(refreshOnly)],
        ["apply", configuration, () => acceptance.apply()],
        ["apply of a change, without a refresh", changed, () => acceptance.apply(withoutRefresh)],
        ["destroy", configuration, () => acceptance.destroy()],
        ["destroy without a refresh", configuration, () => acceptance.destroy(withoutRefresh)],
        ["removal from the configuration", "", () => acceptance.apply()],
      ];
      for (const [work, text, run] of works) {
        acceptance.configure(text);
        assertRefused(
          await run(),
          `Error: the remote cluster "leaf.lab" is hidden from the identity for cluster "root" (${lab.root.addresses.proxy}), or does not exist: with the roles "teleport-trust-iac" it cannot tell, and the label env=demo would hide it from them`,
          "Give one of its roles `cluster_labels: {'*': '*'}` under `allow`, and no role of it any `cluster_labels` under `deny`. [TRUST_NOT_VISIBLE]",
        );
        assert.equal(terraform.read("terraform.tfstate"), state, `${work}: the state`);
        assert.deepEqual(objectsOf(acceptance.lab), before, `${work}: the clusters`);
        assert.equal(tokens(acceptance), made, `${work}: not even a token was made`);
      }
    });
  }
});

describe("a leaf that is asked for", () => {
  let acceptance: Acceptance;
  before(async () => {
    acceptance = await Acceptance.start({ withoutAuthorities: ["db"] });
    const { root } = acceptance.lab;
    await joinLab(root, acceptance.lab.leaf(), "invitation");
    await acceptance.configure(remoteCluster).applied();
    assert.equal((await acceptance.run(["state", "rm", "teleport_remote_cluster.leaf"])).code, 0);
    await hideFromBot(acceptance);
  });
  after(() => acceptance.dispose());
  let untouched: ReturnType<typeof objectsOf> = {};
  beforeEach(() => {
    untouched = objectsOf(acceptance.lab);
  });

  const data = (type: string, more = "") => `data "${type}" "it" {\n  cluster = "root"\n  ${more}\n}\n`;
  const hidden =
    (then: string) =>
    ({ lab }: Acceptance) =>
      `cluster "root" (${lab.root.addresses.proxy}) has no leaf "leaf.lab", or it is hidden from this identity ${then}`;

  const refused: readonly (readonly [name: string, text: string, says: (of: Acceptance) => string])[] = [
    [
      "data teleport_remote_cluster",
      data("teleport_remote_cluster", 'name = "leaf.lab"'),
      hidden(
        "Check its real name, and give the identity a role with `cluster_labels: {'*': '*'}`: without it labels hide leaves. [TRUST_NOT_VISIBLE]",
      ),
    ],
    [
      "data teleport_leaf_access",
      data("teleport_leaf_access", 'leaf = "leaf.lab"'),
      hidden(
        "Check the leaf's real name; a leaf with labels is seen only with `cluster_labels` that fit them. [TRUST_NOT_VISIBLE]",
      ),
    ],
  ];
  for (const [name, text, says] of refused) {
    test(`is hidden, not gone: ${name}`, async () => {
      acceptance.configure(text);
      for (const run of [await acceptance.plan(), await acceptance.apply(), await acceptance.run(refreshOnly)]) {
        // Where an error belongs is said between what happened and what to do.
        const [what = "", next = ""] = says(acceptance).split(/ (?=Check )/);
        assertRefused(run, what, next);
      }
      assert.deepEqual(objectsOf(acceptance.lab), untouched);
    });
  }

  test("is missing in the list of data teleport_remote_clusters, which warns that it is not whole", async () => {
    acceptance.configure(
      `${data("teleport_remote_clusters")}output "names" { value = data.teleport_remote_clusters.it.remote_clusters[*].name }`,
    );
    const warning = `Warning: leaves of cluster "root" (${acceptance.lab.root.addresses.proxy}) may be hidden from this identity, and are not in the list then`;
    assertSays(await acceptance.plan(), warning);
    assertSays(await acceptance.applied(), warning);
    assert.equal((await acceptance.run(["output", "-json", "names"])).stdout.trim(), "[]");
    assert.deepEqual(objectsOf(acceptance.lab), untouched);
  });

  for (const [type, arguments_, id] of [
    ["teleport_trust", trust, "root/leaf"],
    ["teleport_remote_cluster", remoteCluster, "root/leaf.lab"],
  ] as const) {
    test(`is hidden, not missing: a first apply and an import of ${type}`, async () => {
      acceptance.configure(arguments_);
      const made = tokens(acceptance);
      const said =
        /is hidden from the identity for cluster "root" \(\S+\), or does not exist: with the roles "teleport-trust-iac" it cannot tell, and (the label env=demo would hide it from them|a label may hide it)/;
      const imported = ["import", "-no-color", "-input=false", `${type}.leaf`, id];
      for (const run of [await acceptance.plan(), await acceptance.apply(), await acceptance.run(imported)]) {
        assert.equal(run.code, 1, run.output);
        assert.match(run.output.replace(/[│╷╵\s]+/g, " "), said);
      }
      assert.deepEqual(objectsOf(acceptance.lab), untouched);
      assert.equal(tokens(acceptance), made);
    });
  }
});
