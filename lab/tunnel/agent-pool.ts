import { EventEmitter } from "node:events";

import { RootKeeper } from "./root-keeper";
import type { AgentPool, AgentPoolEvents, AgentPoolOptions, ReverseTunnel } from "./types";

/**
 * The leaf's end of reverse tunnels: one keeper for each enabled tunnel, which dials, heartbeats, serves what the root
 * asks for, and comes back after a loss.
 */
export function createAgentPool(options: AgentPoolOptions): AgentPool {
  return new ReverseTunnelPool(options);
}

interface Waiter {
  readonly rootName: string;
  readonly done: () => void;
  readonly fail: (error: Error) => void;
}

class ReverseTunnelPool implements AgentPool {
  readonly events = new EventEmitter<AgentPoolEvents>();
  readonly #keepers = new Map<string, RootKeeper>();
  readonly #stopping = new Set<Promise<void>>();
  readonly #waiters = new Set<Waiter>();
  #isStopped = false;

  constructor(private readonly options: AgentPoolOptions) {}

  setTunnels(tunnels: readonly ReverseTunnel[]): void {
    if (this.#isStopped) return;
    const wanted = new Map(tunnels.map((tunnel) => [tunnel.name, tunnel]));
    for (const [name, keeper] of this.#keepers) {
      if (wanted.get(name)?.tunnelAddr === keeper.tunnel.tunnelAddr) continue;
      this.#drop(name, keeper);
      if (!wanted.has(name)) this.#giveUp(name, `the tunnel to ${name} was removed`);
    }
    for (const [name, tunnel] of wanted) {
      if (!this.#keepers.has(name)) this.#keepers.set(name, this.#keep(tunnel));
    }
  }

  #keep(tunnel: ReverseTunnel): RootKeeper {
    return new RootKeeper(tunnel, this.options, {
      connected: (proxyName) => {
        this.events.emit("connected", tunnel, proxyName);
        this.#settle(tunnel.name, (waiter) => waiter.done());
      },
      disconnected: (proxyName, error) => this.events.emit("disconnected", tunnel, proxyName, error),
      failed: (error, retryInMs) => this.events.emit("failed", tunnel, error, retryInMs),
    });
  }

  #drop(name: string, keeper: RootKeeper): void {
    this.#keepers.delete(name);
    const stopped = keeper.stop().finally(() => this.#stopping.delete(stopped));
    this.#stopping.add(stopped);
  }

  #giveUp(rootName: string, text: string): void {
    this.#settle(rootName, (waiter) => waiter.fail(new Error(text)));
  }

  #settle(rootName: string, settle: (waiter: Waiter) => void): void {
    for (const waiter of this.#waiters) {
      if (waiter.rootName !== rootName) continue;
      this.#waiters.delete(waiter);
      settle(waiter);
    }
  }

  connected(rootName: string): Promise<void> {
    if (this.#isStopped) return Promise.reject(new Error("the agent pool was stopped"));
    if (this.proxies(rootName).length > 0) return Promise.resolve();
    return new Promise((done, fail) => this.#waiters.add({ rootName, done, fail }));
  }

  proxies(rootName: string): readonly string[] {
    return this.#keepers.get(rootName)?.proxies() ?? [];
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const [name, keeper] of this.#keepers) this.#drop(name, keeper);
    for (const { rootName } of this.#waiters) this.#giveUp(rootName, "the agent pool was stopped");
    await Promise.all(this.#stopping);
  }
}
