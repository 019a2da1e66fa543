import { Lab } from "../../../lab";
import type { Api } from "../../../provider/cluster";
import type { ResourceContext } from "../../../provider/framework";
import { LabProcess } from "../trust/lab-process";
import type { LiveToken, RotationWorld } from "./world";

/** A root of the lab, over real connections: each provider has its own, and a killed one's break. */
export class LabWorld implements RotationWorld, AsyncDisposable {
  readonly slackMs = 500;
  readonly log: string[] = [];

  private constructor(readonly lab: Lab) {}

  static async start(): Promise<LabWorld> {
    // Months pass: a status that nobody asks for need not be computed each second of them.
    const options = { leaves: [], statusRefreshMs: 24 * 3_600_000, withoutAuthorities: ["db"] as const };
    return new LabWorld(await new Lab(options).ready);
  }

  get nowMs(): number {
    return this.lab.clock.now();
  }

  get issued(): readonly string[] {
    return this.lab.issuedTokens;
  }

  advance(ms: number): Promise<void> {
    return this.lab.clock.advance(ms);
  }

  live(): readonly LiveToken[] {
    return this.lab.root.storage.list("token").map(({ metadata }) => ({
      name: metadata?.name ?? "",
      expiresMs: Number(metadata?.expires?.seconds ?? 0n) * 1000 + (metadata?.expires?.nanos ?? 0) / 1e6,
    }));
  }

  async process<T>(work: (context: () => ResourceContext<Api>) => Promise<T>): Promise<T> {
    const process = new LabProcess(this.lab);
    try {
      return await work(() => process.context);
    } finally {
      this.log.push(...process.log);
      await process.end();
    }
  }

  async doomed<T>(n: number, work: (context: () => ResourceContext<Api>) => Promise<T>): Promise<T | undefined> {
    const process = new LabProcess(this.lab);
    const hold = this.lab.calls.holdAnswerOf(n, { user: "bot" });
    const running = work(() => process.context);
    try {
      const survived = await Promise.race([hold.reached.then(() => false), running.then(() => true)]);
      if (survived) return await running;
      await process.kill();
      await running.catch(() => {});
      return undefined;
    } finally {
      hold.release();
      this.log.push(...process.log);
      await process.end();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab.dispose();
  }
}
