/** Why an SSH exchange failed: the part that decides what the other side is told and what a test may assert. */
export type SshErrorReason =
  /** The peer's bytes break the protocol or a format. */
  | "malformed"
  /** A certificate or key was looked at and refused. */
  | "untrusted"
  /** The peer refused our user authentication. */
  | "authentication"
  /** The peer refused a channel or a request. */
  | "refused"
  /** The connection ended, or was ended, before the exchange was over. */
  | "closed";

/** A failure of the lab's SSH: `message` says what happened, in the words of the field where those are known. */
export class SshError extends Error {
  override readonly name = "SshError";

  constructor(
    readonly reason: SshErrorReason,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
