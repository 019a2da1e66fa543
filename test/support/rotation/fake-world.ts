import type { Api } from "../../../provider/cluster";
import type { ResourceContext } from "../../../provider/framework";
import { Killed } from "../trust/fake-cluster";
import { Federation } from "../trust/federation";
import type { LiveToken, RotationWorld } from "./world";

/** A root in memory, for thousands of runs. */
export class FakeWorld implements RotationWorld {
  readonly slackMs = 1;
  readonly #federation = new Federation();

  constructor() {
    this.#federation.root.now = () => this.#federation.nowMs;
  }

  get nowMs(): number {
    return this.#federation.nowMs;
  }

  get log(): readonly string[] {
    return this.#federation.log;
  }

  get issued(): readonly string[] {
    return [...this.#federation.root.issued];
  }

  async advance(ms: number): Promise<void> {
    this.#federation.nowMs += ms;
  }

  live(): readonly LiveToken[] {
    const all = [...this.#federation.root.tokens.values()].map(({ metadata }) => ({
      name: metadata?.name ?? "",
      expiresMs: Number(metadata?.expires?.seconds ?? 0n) * 1000 + (metadata?.expires?.nanos ?? 0) / 1e6,
    }));
    return all.filter(({ expiresMs }) => expiresMs > this.nowMs);
  }

  process<T>(work: (context: () => ResourceContext<Api>) => Promise<T>): Promise<T> {
    return work(() => this.#federation.context);
  }

  async doomed<T>(n: number, work: (context: () => ResourceContext<Api>) => Promise<T>): Promise<T | undefined> {
    const { root } = this.#federation;
    let calls = 0;
    root.after = () => {
      if (++calls === n) throw new Killed();
    };
    try {
      const result = await this.process(work);
      return calls < n ? result : undefined;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return undefined;
    } finally {
      root.after = () => {};
    }
  }
}
