import type { Direction, LinkName } from "../faults";

/** What can be done to a link, as the command line and the control socket name it. */
export const faultActions = ["cut", "restore", "pause", "blackhole", "delay", "drop", "cut-at"] as const;

/** Name of a {@link faultActions fault action}. */
export type FaultAction = (typeof faultActions)[number];

/** What a running lab can be asked over its control socket: one JSON object a line. */
export type ControlRequest =
  | { readonly command: "dump" }
  /** `cluster` is the root when left out, the time to live that of a login. */
  | { readonly command: "login"; readonly user: string; readonly cluster?: string; readonly ttlMs?: number }
  | { readonly command: "clock"; readonly advanceMs: number }
  | {
      readonly command: "fault";
      readonly action: FaultAction;
      readonly link: LinkName;
      readonly cluster: string;
      /** For `delay`, in real milliseconds. */
      readonly delayMs?: number;
      /** For `cut-at`. */
      readonly bytes?: number;
      readonly direction?: Direction;
    };

/** The answer to one request, one JSON object a line as well. */
export type ControlResponse =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: string };

/** Answer to `login`. */
export interface LoginResult {
  /** Path of the identity file, within the lab's folder. */
  readonly file: string;
  /** RFC 3339. */
  readonly expires: string;
  /** Path of the `ssh_config`, within the lab's folder, that logs this user in from now on; only of a login at the root. */
  readonly sshConfig?: string;
}

/** Answer to `clock`. */
export interface ClockResult {
  /** The lab's time now, RFC 3339. */
  readonly now: string;
  /** How far the lab's clock is ahead of real time. */
  readonly offsetMs: number;
}

/** Longest line that either side reads: a dump of thousands of roles is some 10 MB. */
export const maxLineBytes = 256 * 1024 * 1024;
