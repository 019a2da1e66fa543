import type { BestEffort } from "./best-effort";
import type { Connections } from "./connections";

/** What every resource, data source and ephemeral resource works with. One for each configured provider process. */
export interface Api {
  readonly connections: Connections;
  /** Checks at plan: see {@link BestEffort}. */
  readonly bestEffort: BestEffort;
  /** Unpredictable bytes, for tokens. */
  readonly randomBytes: (size: number) => Uint8Array;
  /** Epoch milliseconds of the machine's own clock, which Terraform waits by; never that of tokens. */
  readonly wallClock: () => number;
}
