import { Agent, type AgentOwner } from "./agent";
import { tunnelDefaults } from "./tunnel-protocol";
import type { AgentPoolOptions, ReverseTunnel } from "./types";

/** What happens to the connections to one root. */
export interface RootKeeperEvents {
  readonly connected: (proxyName: string) => void;
  readonly disconnected: (proxyName: string, error: Error | undefined) => void;
  readonly failed: (error: Error, retryInMs: number) => void;
}

/**
 * Keeps one connection to each proxy of one root: dials until the proxies that it knows of are claimed, and again when
 * one is lost. Behind a load balancer the address leads to any of them, so a proxy that is claimed already is only
 * another try.
 */
export class RootKeeper implements AgentOwner {
  readonly #stop = new AbortController();
  readonly #agents = new Set<Agent>();
  /** Proxies that have an agent, or the one that is just coming up. */
  readonly #claims = new Set<string>();
  #known: readonly string[] = [];
  #failures = 0;
  /** Owed before the next attempt. */
  #pauseMs = 0;
  #wake: () => void = () => {};
  #cutPause: () => void = () => {};
  readonly #done: Promise<void>;

  constructor(
    readonly tunnel: ReverseTunnel,
    private readonly options: AgentPoolOptions,
    private readonly events: RootKeeperEvents,
  ) {
    this.#done = this.#keep();
  }

  /** `<host uuid>.<cluster>` of the proxies that can be worked with. */
  proxies(): readonly string[] {
    return [...this.#agents].filter((agent) => !agent.isDraining).map((agent) => agent.proxyName);
  }

  claim(proxyName: string): boolean {
    if (this.#claims.has(proxyName)) return false;
    this.#claims.add(proxyName);
    return true;
  }

  discovered(proxyIds: readonly string[]): void {
    this.#known = proxyIds.map((id) => `${id}.${this.tunnel.name}`);
    this.#wake();
  }

  draining(agent: Agent): void {
    this.#claims.delete(agent.proxyName);
    this.#wake();
  }

  /** Ends all connections; resolves when none, and no attempt, is left. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error("the tunnel is no longer wanted"));
    this.#wake();
    this.#cutPause();
    const agents = [...this.#agents];
    await Promise.all([this.#done, ...agents.map((agent) => agent.close())]);
  }

  async #keep(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#pauseMs > 0) await this.#pause();
      else if (this.#needsMore()) await this.#attempt();
      else await this.#changed();
    }
  }

  #needsMore(): boolean {
    return this.#claims.size === 0 || this.#known.some((name) => !this.#claims.has(name));
  }

  /** Waits for a reason to look again. */
  #changed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #pause(): Promise<void> {
    const pauseMs = this.#pauseMs;
    this.#pauseMs = 0;
    return new Promise((resolve) => {
      const cancel = this.options.clock.after(pauseMs, resolve);
      this.#cutPause = () => {
        cancel();
        resolve();
      };
    });
  }

  async #attempt(): Promise<void> {
    const { signal } = this.#stop;
    const before = new Set(this.#claims);
    try {
      const agent = await Agent.connect(this.tunnel.tunnelAddr, this.options, this, signal);
      this.#agents.add(agent);
      const connectedAt = this.options.clock.now();
      void agent.whenClosed.then((error) => this.#lose(agent, connectedAt, error));
      this.events.connected(agent.proxyName);
    } catch (error) {
      // A claim of this attempt does not outlive it.
      for (const name of this.#claims) if (!before.has(name)) this.#claims.delete(name);
      if (signal.aborted) return;
      this.#planPause();
      this.events.failed(error as Error, this.#pauseMs);
    }
  }

  #lose(agent: Agent, connectedAt: number, error: Error | undefined): void {
    this.#agents.delete(agent);
    if (!agent.isDraining) {
      this.#claims.delete(agent.proxyName);
      // A root that lets us in and drops us at once is no better than one that refuses us.
      if (this.options.clock.now() - connectedAt >= this.#backoff.maxMs) this.#failures = 0;
      this.#planPause();
    }
    this.events.disconnected(agent.proxyName, error);
    this.#wake();
  }

  get #backoff(): { readonly firstMs: number; readonly maxMs: number } {
    return this.options.backoff ?? tunnelDefaults.backoff;
  }

  /** Doubles from the first pause to the longest one; half of it is drawn, so that leaves do not come in step. */
  #planPause(): void {
    const { firstMs, maxMs } = this.#backoff;
    const fullMs = Math.min(maxMs, firstMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#pauseMs = Math.max(1, Math.round(fullMs * (0.5 + this.options.random() / 2)));
  }
}
