import assert from "node:assert/strict";

import type { ApiCall } from "../../lab";
import type { Acceptance } from "./acceptance";
import { providersOf } from "./provider-processes";
import type { Run } from "./terraform";

/** The n-th call of a method, such as `/proto.AuthService/CreateTokenV2`, that the bot makes. */
export interface Moment {
  readonly method: string;
  /** The first when left out. */
  readonly n?: number;
}

/** The processes of an apply that is under way. */
export interface Processes {
  readonly terraform: number;
  readonly provider: number;
}

/**
 * Applies, and does something to the processes as soon as the cluster has carried out a call, whose answer it withholds
 * until terraform has ended.
 */
export async function cutShort(
  acceptance: Acceptance,
  { method, n = 1 }: Moment,
  cut: (processes: Processes) => void,
): Promise<Run> {
  let terraform = 0;
  const hold = acceptance.lab.calls.holdAnswerOf(n, { user: "bot", method });
  const started = (pid: number) => {
    terraform = pid;
  };
  const running = acceptance.apply({ started });
  const first: ApiCall | Run = await Promise.race([hold.reached, running]);
  assert("method" in first, "the apply ended before the call was made");
  const [provider, ...others] = providersOf(terraform);
  assert(provider !== undefined && others.length === 0, "the provider that has called is the only one");
  cut({ terraform, provider });
  const run = await running;
  hold.release();
  return run;
}

/** Kills the provider, of which it cannot know. */
export function killProvider({ provider }: Processes): void {
  process.kill(provider, "SIGKILL");
}

/** What Ctrl-C in a terminal sends: the interrupt goes to all processes there. */
export function interrupt({ terraform, provider }: Processes): void {
  for (const pid of [provider, terraform]) process.kill(pid, "SIGINT");
}
