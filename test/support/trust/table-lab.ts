import assert from "node:assert/strict";

import { Lab, type LabCluster } from "../../../lab";
import { ownershipLabel, trustId } from "../../../trust";
import { Acceptance } from "../acceptance";
import { joinLab } from "../lab-clients";
import { editRemoteCluster, editRole, lasting, outside } from "../outside";
import type { Run, RunOptions } from "../terraform";

/** The trusted cluster on the leaf, as the decision table of `teleport_trust` tells it. */
export type TrustedClusterFact = "none" | "ours" | "foreign";

/** The remote cluster on the root, as the decision table tells it. */
export type RemoteClusterFact = "none" | "same leaf" | "other leaf" | "not visible";

/** Address of the trust in every configuration. */
export const address = "teleport_trust.leaf";

/** What others own, and nobody of us may touch. */
export const othersLabels = { owner: "noc" };

const mark = trustId("root.lab", "leaf.lab");
const ownPrefix = `tt-${mark}-`;

/** Tokens that look like ours, but are others'. */
const othersTokens = [`tt-00000000-${"1".repeat(32)}`, `tt-${mark}-`, `${ownPrefix}not-hexadecimal-at-all-0000000000`];

/**
 * A root and a leaf that can be brought, by real calls of others, to each row of the decision table; and beside them what
 * must stay as it is: another leaf of the root, and tokens of others.
 */
export class TableLab implements AsyncDisposable {
  #elsewhere: Lab | undefined;

  private constructor(readonly acceptance: Acceptance) {}

  static async start(): Promise<TableLab> {
    const leaves = [{ name: "leaf.lab" }, { name: "bystander.lab" }];
    const acceptance = await Acceptance.start({ leaves, statusRefreshMs: 100, withoutAuthorities: ["db"] });
    const table = new TableLab(acceptance);
    const { root, bystander } = table;
    await joinLab(root, bystander, "bystander-token");
    for (const name of othersTokens) await createToken(root, name);
    table.configure();
    return table;
  }

  get root(): LabCluster {
    return this.acceptance.lab.root;
  }

  get leaf(): LabCluster {
    return this.acceptance.lab.leaf("leaf.lab");
  }

  get bystander(): LabCluster {
    return this.acceptance.lab.leaf("bystander.lab");
  }

  /** Writes the configuration: the trust with these attributes beside its role map. */
  configure(more = 'labels = { env = "demo" }'): void {
    const roleMap = 'role_map = [{ remote = "access", local = ["access"] }]';
    const resource = `resource "teleport_trust" "leaf" {\n  root = "root"\n  leaf = "leaf"\n  ${roleMap}\n  ${more}\n}\n`;
    this.acceptance.configure(resource, [
      { key: "root", cluster: this.root },
      { key: "leaf", cluster: this.leaf },
    ]);
  }

  /** Brings both clusters to a row of the table. The state is about the trust that was there before. */
  async bring(trustedCluster: TrustedClusterFact, remoteCluster: RemoteClusterFact): Promise<void> {
    await this.acceptance.applied();
    if (trustedCluster === "foreign") await this.#joinByHand();
    await editRemoteCluster(this.root, "leaf.lab", { labels: othersLabels });
    if (trustedCluster === "none") await this.#removeFromLeaf();
    if (remoteCluster === "none" || remoteCluster === "other leaf") await this.#removeFromRoot();
    if (remoteCluster === "other leaf") await this.#joinOtherLeaf();
    if (remoteCluster === "not visible") await hideLabelled(this.root);
  }

  /** Lets an interrupted run leave a token. */
  leaveToken(): Promise<void> {
    return createToken(this.root, `${ownPrefix}${"0".repeat(32)}`);
  }

  /** Forgets the state, as somebody who comes to this configuration for the first time. */
  async forget(): Promise<void> {
    const run = await this.acceptance.run(["state", "rm", address]);
    assert.equal(run.code, 0, run.output);
  }

  import(options?: RunOptions): Promise<Run> {
    return this.acceptance.run(["import", "-no-color", "-input=false", address, "root/leaf"], options);
  }

  /** Ends the trust on both sides, by hand. */
  async #joinByHand(): Promise<void> {
    await this.#removeFromLeaf();
    await this.#removeFromRoot();
    await joinLab(this.root, this.leaf, `by-hand-${this.acceptance.lab.issuedTokens.length}`);
  }

  #removeFromLeaf(): Promise<unknown> {
    return outside(this.leaf, ({ auth }) => auth.deleteTrustedCluster({ name: "root.lab" }));
  }

  #removeFromRoot(): Promise<unknown> {
    return outside(this.root, ({ presence }) => presence.deleteRemoteCluster({ name: "leaf.lab" }));
  }

  /** Another cluster that is called `leaf.lab` too joins the root. */
  async #joinOtherLeaf(): Promise<void> {
    this.#elsewhere ??= await new Lab({
      root: { name: "elsewhere.lab" },
      leaves: [{ name: "leaf.lab" }],
      withoutAuthorities: ["db"],
    }).ready;
    const other = this.#elsewhere.leaf();
    other.webRoots.push(this.root.proxyCa);
    await joinLab(this.root, other, "other-leaf-token");
  }

  /** All objects of all clusters, without what the root itself keeps up to date. */
  objects(): unknown {
    const { root, leaf, bystander } = this;
    const known = root.dump();
    return [
      { ...known, remote_clusters: known.remote_clusters.map(lasting) },
      leaf.dump(),
      bystander.dump(),
      this.#otherLeaf,
    ];
  }

  /** What is others': the other leaf of the root, from both sides, and the tokens that are not this trust's. */
  othersObjects(): unknown {
    const { remote_clusters } = this.root.dump();
    const own = new RegExp(`^${ownPrefix}[0-9a-f]{32}$`);
    return [
      remote_clusters.map(lasting).filter(({ metadata }) => metadata.name === "bystander.lab"),
      this.root.storage.list("token").filter(({ metadata }) => !own.test(metadata?.name ?? "")),
      this.bystander.dump(),
      this.#otherLeaf,
    ];
  }

  get #otherLeaf(): unknown {
    return this.#elsewhere?.leaf().dump();
  }

  /** Methods of the writing calls that the bot has made since `since`, of {@link calls}. */
  writes(since = 0): readonly string[] {
    const own = this.#botCalls()
      .slice(since)
      .map(({ cluster, method }) => `${cluster}: ${method.replace(/^.*\//, "")}`);
    return own.filter((call) => !/: (Ping|Get|List)/.test(call));
  }

  /** How many calls the bot has made. */
  get calls(): number {
    return this.#botCalls().length;
  }

  #botCalls() {
    return this.acceptance.lab.calls.calls.filter(({ user }) => user === "bot");
  }

  /** Tokens on the root that are this trust's. */
  ownTokens(): readonly string[] {
    const names = this.root.storage.list("token").map(({ metadata }) => metadata?.name ?? "");
    return names.filter((name) => new RegExp(`^${ownPrefix}[0-9a-f]{32}$`).test(name));
  }

  /** Labels of the leaf on its root; undefined when the root does not know it. */
  labels(): Readonly<Record<string, string>> | undefined {
    return this.root.storage.get("remote_cluster", "leaf.lab")?.metadata?.labels;
  }

  /** Whether the leaf's trusted cluster carries our mark; undefined when there is none. */
  isMarked(): boolean | undefined {
    const found = this.leaf.storage.get("trusted_cluster", "root.lab");
    return found === undefined ? undefined : found.metadata?.labels[ownershipLabel] === mark;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.acceptance.dispose();
    await this.#elsewhere?.dispose();
  }
}

function createToken(root: LabCluster, name: string): Promise<void> {
  const value = { kind: "token", version: "v2", metadata: { name }, spec: { roles: ["Trusted_cluster"] } };
  return outside(root, async ({ auth }) => void (await auth.createTokenV2({ token: { case: "v2", value } })));
}

/** Takes the right to see labelled leaves from the bot's role. */
function hideLabelled(root: LabCluster): Promise<void> {
  return editRole(root, "teleport-trust-iac", ({ spec }) => {
    if (spec?.allow) delete spec.allow.clusterLabels;
  });
}
