import assert from "node:assert/strict";
import { test } from "node:test";
import { TrustedClusterV2 } from "../../../../../provider/cluster";
import type { ObjectValue } from "../../../../../provider/framework";
import { Problem } from "../../../../../trust";
import { config, Federation, planned, resource } from "../../../../support/trust/federation";

interface Refusal {
  readonly name: string;
  readonly prepare: (of: Federation) => void;
  readonly change?: Record<string, unknown>;
  readonly what: string;
  readonly where?: readonly (string | number)[];
  readonly next: string;
}

const byHand = TrustedClusterV2.fromPartial({ metadata: { name: "root.lab" }, spec: { token: "by-hand" } });

const table: readonly Refusal[] = [
  {
    name: "somebody else's trusted cluster",
    prepare: ({ leaf }) => leaf.trustedClusters.set("root.lab", byHand),
    what: 'leaf.lab already trusts "root.lab", by a trusted cluster that was made outside of this configuration',
    next: "To take it over, import it with `terraform import 'ADDRESS' root/leaf`, ADDRESS as shown above. Nothing was touched.",
  },
  {
    name: "another leaf of that name",
    prepare: ({ root }) => root.register("leaf.lab", "another"),
    what: 'root.lab has a remote cluster "leaf.lab" that is another leaf: its host certificate authority shares no key with the one of cluster "leaf" (leaf.lab:443)',
    next: "Find out whose it is. If it is a former life of this leaf, remove it with `tctl rm remote_cluster/leaf.lab` on the root. Nothing was touched.",
  },
  {
    name: "an identity that cannot see every leaf",
    prepare: ({ root }) => {
      root.identityRoles = [{ allow: { env: ["prod"] }, deny: {} }];
    },
    what: 'the remote cluster "leaf.lab" is hidden from the identity for cluster "root" (root.lab:443), or does not exist: with the roles "terraform" it cannot tell, and the label env=demo would hide it from them',
    next: "Give one of its roles `cluster_labels: {'*': '*'}` under `allow`, and no role of it any `cluster_labels` under `deny`.",
  },
  {
    name: "a leaf that is newer than its root",
    prepare: ({ leaf }) => {
      leaf.version = "18.0.0";
    },
    what: "the leaf leaf.lab runs Teleport 18.0.0, the root root.lab runs 17.7.0: a leaf may not be a major version newer than its root",
    where: ["leaf"],
    next: "Upgrade the root first, then the leaf.",
  },
  {
    name: "a leaf that is too old",
    prepare: ({ leaf }) => {
      leaf.version = "15.5.4";
    },
    what: "the leaf leaf.lab runs Teleport 15.5.4, the root root.lab runs 17.7.0: a leaf may be one major version behind its root, not more",
    where: ["leaf"],
    next: "Upgrade the leaf, one major version at a time, until it is at most one behind.",
  },
  {
    name: "a leaf in Teleport Cloud",
    prepare: ({ leaf }) => {
      leaf.isCloud = true;
    },
    what: 'cluster "leaf" (leaf.lab:443) is a tenant of Teleport Cloud, which cannot be a leaf',
    where: ["leaf"],
    next: "Trusted clusters need a self-hosted leaf; only the root may be in the cloud.",
  },
  {
    name: "local roles that do not exist",
    prepare: ({ leaf }) => leaf.roles.clear(),
    what: 'the role "visitor" does not exist on the leaf leaf.lab',
    where: ["role_map", 0, "local", 0],
    next: "Create it on the leaf first. If this apply creates it, refer to its resource's `id` here, so that it comes before.",
  },
  {
    name: "a web proxy of another cluster",
    prepare: (federation) => {
      federation.proxyName = "elsewhere.lab";
    },
    change: { web_proxy_addr: "elsewhere.lab:443" },
    what: 'at elsewhere.lab:443 answers the proxy of the cluster "elsewhere.lab", not that of the root "root.lab"',
    where: ["web_proxy_addr"],
    next: "Give the address of the root's web proxy, or leave it out: the root says it itself.",
  },
];

for (const { name, prepare, change = {}, what, where = [], next } of table) {
  test(`a create refuses ${name}, and writes nothing`, async () => {
    const federation = new Federation();
    prepare(federation);
    const { state, problems } = await resource.create(
      { planned: planned(change), config: config(change) },
      federation.context,
    );
    assert.equal(state, null);
    assert.equal(problems?.length, 1);
    const [problem] = problems ?? [];
    assert.deepEqual({ what: problem?.what, where: problem?.where, next: problem?.next }, { what, where, next });
    assert.deepEqual(federation.writes, []);
  });
}

test("labels that would hide the leaf from the identity are refused before they are set", async () => {
  const federation = new Federation();
  const state = await federation.create();
  federation.root.identityRoles = [{ allow: { env: ["demo"] }, deny: {} }];
  federation.calls.length = 0;
  const labels = new Map([["env", "prod"]]);
  const request = { prior: state, planned: { ...state, labels } as ObjectValue, config: config({ labels }) };
  const { problems } = await resource.update(request, federation.context);
  assert.deepEqual(
    problems?.map(({ what, where }) => [what, where]),
    [
      [
        'the identity for cluster "root" (root.lab:443) would lose sight of the leaf leaf.lab once it carries env=prod',
        ["labels"],
      ],
    ],
  );
  assert.deepEqual(federation.writes, []);
});

test("a state whose trusted cluster somebody made anew is refused by read, update and destroy, with both ways out", async () => {
  const federation = new Federation();
  const prior = await federation.create();
  federation.leaf.trustedClusters.set("root.lab", byHand);
  federation.calls.length = 0;
  const expected = {
    what: 'the trusted cluster "root.lab" on leaf.lab is not the one of this state any more: somebody made it anew',
    next: "Either give it up with `terraform state rm 'ADDRESS'`, or take it over: after that import it with `terraform import 'ADDRESS' root/leaf`, ADDRESS as shown above. Nothing was touched.",
  };
  await assert.rejects(
    async () => resource.read({ state: { value: () => prior, pick: () => prior } }, federation.context),
    expected,
  );
  const updated = await resource.update({ prior, planned: prior, config: config() }, federation.context);
  assert.equal(updated.problems?.[0]?.what, expected.what);
  const deleted = await resource.delete({ prior }, federation.context);
  assert.equal(deleted?.[0]?.what, expected.what);
  assert.deepEqual(federation.writes, []);
});

test("a connection that leads to another cluster than the state's is refused", async () => {
  const federation = new Federation();
  const prior = await federation.create();
  const moved = { ...prior, leaf: "other" } as ObjectValue;
  const { problems } = await resource.update(
    { prior, planned: moved, config: config({ leaf: "other" }) },
    federation.context,
  );
  assert.equal(
    problems?.[0]?.what,
    'cluster "other" (other.lab:443) is the cluster "other.lab", but this trust is about "leaf.lab"',
  );
  assert.deepEqual(problems?.[0]?.where, ["leaf"]);
  assert.equal(federation.other.trustedClusters.size, 0);
});

const joinFailures: readonly (readonly [string, RegExp, string])[] = [
  [
    "the token is rejected",
    /^The token was made a moment ago, so root\.lab:443 probably leads to another cluster than `root`/,
    "access denied: the cluster token has been rejected",
  ],
  [
    "the proxy's certificate is not trusted",
    /^The leaf's Auth does not trust the web certificate of root\.lab:443/,
    "the trusted cluster uses misconfigured HTTP/TLS certificate.",
  ],
  [
    "the proxy cannot be reached",
    /^The leaf's Auth must reach root\.lab:443 by HTTPS/,
    "dial tcp 10.0.0.1:443: connect: connection refused",
  ],
  [
    "trust goes the other way already",
    /^Trust goes one way/,
    'cannot create trusted cluster with same name as remote cluster "root.lab", bidirectional trust is not supported',
  ],
];

for (const [name, next, text] of joinFailures) {
  test(`a join that fails says where to look, and leaves no token: ${name}`, async () => {
    const federation = new Federation();
    federation.leaf.before = (call) => {
      if (call === "upsert trusted cluster") throw new Problem("API_ACCESS_DENIED", text, [], "Ask.");
    };
    const { state, problems } = await resource.create({ planned: planned(), config: config() }, federation.context);
    assert.equal(state, null);
    assert.equal(problems?.[0]?.what, text);
    assert.match(problems?.[0]?.next ?? "", next);
    assert.equal(problems?.[0]?.code, "TRUST_JOIN_REFUSED");
    federation.assertNothingLeft();
  });
}
