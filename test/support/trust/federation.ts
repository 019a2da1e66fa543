import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { type Api, createBestEffort } from "../../../provider/cluster";
import { newObject, type ObjectValue, PrivateState, type ResourceContext, relation } from "../../../provider/framework";
import { trust } from "../../../provider/resources/trust";
import { ownershipLabel, Problem, trustId } from "../../../trust";
import { FakeCluster } from "./fake-cluster";

/** The resource under test, as the framework drives it. */
export const resource = relation(trust);

/** A configuration with everything set that has no default; null where nothing is said. */
export function config(change: Record<string, unknown> = {}): ObjectValue {
  const value = newObject();
  for (const name of Object.keys(trust.schema.attributes)) value[name] = null;
  const row = Object.assign(newObject(), { remote: "access", local: ["visitor"] });
  return Object.assign(
    value,
    { root: "root", leaf: "leaf", role_map: [row], labels: new Map([["env", "demo"]]) },
    change,
  );
}

/** What a plan of that configuration would hand to apply. */
export function planned(change: Record<string, unknown> = {}): ObjectValue {
  return Object.assign(config({ enabled: true, token_ttl: "5m", wait_for: "online", joined: true }), change);
}

/** A root and a leaf in memory, and the surroundings of a call. */
export class Federation {
  /** Every call, as `root: create token`. */
  readonly calls: string[] = [];
  readonly root = new FakeCluster("root.lab", "root", this.calls);
  readonly leaf = new FakeCluster("leaf.lab", "leaf", this.calls, () => this.root);
  /** Another leaf, for replacement. */
  readonly other = new FakeCluster("other.lab", "other", this.calls, () => this.root);
  readonly configured = new Set(["root", "leaf", "other", "renamed"]);
  readonly memory = PrivateState.empty();
  readonly log: string[] = [];
  /** Sleeps until the root shows a joined leaf online; each sleep moves the clock. */
  onlineAfter = 2;
  nowMs = Date.parse("2026-11-22T12:00:00Z");
  /** What answers at any `web_proxy_addr`. */
  proxyName: string | undefined;
  readonly #stop = new AbortController();

  readonly api: Api = {
    connections: {
      get: (key, where = []) => {
        if (key === undefined || !this.configured.has(key)) {
          throw new Problem("CONNECTION_NOT_CONFIGURED", `no connection "${key}"`, where, "Configure it.");
        }
        return this.#clusterOf(key).asCluster();
      },
      status: (key) => (key !== undefined && this.configured.has(key) ? "configured" : "absent"),
      fault: async () => undefined,
      keys: () => [...this.configured],
      webPing: async (addr) => {
        if (this.proxyName === undefined) throw new Error("nobody answers");
        const info = await this.root.asCluster().webPing(this.#stop.signal);
        return { ...info, addr, clusterName: this.proxyName };
      },
      credentialWarnings: async () => [],
      close: async () => {},
    },
    bestEffort: createBestEffort(),
    randomBytes: (size) => randomBytes(size),
    wallClock: () => this.nowMs,
  };

  #clusterOf(key: string): FakeCluster {
    if (key === "root") return this.root;
    return key === "other" ? this.other : this.leaf;
  }

  /** Terraform's Ctrl-C. */
  stop(): void {
    this.#stop.abort();
  }

  async #sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    // A deadline ends when the clock has moved so far; all other sleeps are what moves it.
    if (delayMs >= 120_000) return this.#deadline(delayMs, signal);
    this.nowMs += delayMs;
    this.onlineAfter--;
    if (this.onlineAfter <= 0) this.#comeOnline();
    await new Promise((done) => setImmediate(done));
    signal.throwIfAborted();
  }

  #deadline(delayMs: number, signal: AbortSignal): Promise<void> {
    const end = this.nowMs + delayMs;
    return new Promise((done, fail) => {
      const look = () => {
        if (signal.aborted) fail(signal.reason);
        else if (this.nowMs >= end) done();
        else setImmediate(look);
      };
      look();
    });
  }

  #comeOnline(): void {
    const found = this.root.remoteClusters.get(this.leaf.name);
    const isEnabled = this.leaf.trustedClusters.get(this.root.name)?.spec?.enabled === true;
    if (found?.status && isEnabled) found.status.connection = "online";
  }

  get context(): ResourceContext<Api> {
    const write = (level: string) => (message: string, fields?: object) => {
      this.log.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
    };
    return {
      api: this.api,
      providerVersion: "0.1.0",
      signal: this.#stop.signal,
      private: this.memory,
      log: {
        trace: write("trace"),
        debug: write("debug"),
        info: write("info"),
        warn: write("warn"),
        error: write("error"),
      },
      sleep: (delayMs, signal) => this.#sleep(delayMs, signal),
      now: () => this.nowMs,
      classify: (error) =>
        error instanceof Problem && error.code === "CONNECTION_NOT_CONFIGURED" ? "connection-removed" : undefined,
    };
  }

  /** Creates a trust and answers its state; fails on any problem. */
  async create(change: Record<string, unknown> = {}): Promise<ObjectValue> {
    const { state, problems = [] } = await resource.create(
      { planned: planned(change), config: config(change) },
      this.context,
    );
    assert.deepEqual(problems, []);
    assert(state !== null);
    return state;
  }

  /** Writes calls only, in order: what changed something. */
  get writes(): string[] {
    return this.calls.filter((call) => /create|upsert|update|delete/.test(call));
  }

  get mark(): string | undefined {
    return this.leaf.trustedClusters.get(this.root.name)?.metadata?.labels[ownershipLabel];
  }

  get expectedMark(): string {
    return trustId(this.root.name, this.leaf.name);
  }

  get labels(): Readonly<Record<string, string>> | undefined {
    return this.root.remoteClusters.get(this.leaf.name)?.metadata?.labels;
  }

  /** One trusted cluster, one remote cluster, no token. */
  assertJoined(): void {
    assert.deepEqual([...this.leaf.trustedClusters.keys()], [this.root.name]);
    assert.deepEqual([...this.root.remoteClusters.keys()], [this.leaf.name]);
    assert.equal(this.root.tokens.size, 0);
    assert.equal(this.mark, this.expectedMark);
  }

  assertNothingLeft(): void {
    assert.equal(this.leaf.trustedClusters.size, 0);
    assert.equal(this.root.remoteClusters.size, 0);
    assert.equal(this.root.tokens.size, 0);
  }
}
