/** Every code a {@link Problem} can carry. Closed: a code is added here first, and never used again for something else. */
export type ProblemCode =
  // the domain
  | "TRUST_ROLE_MAP"
  | "TRUST_ROLE_MAP_PATTERN"
  | "TRUST_REGEXP"
  | "TRUST_DURATION"
  | "TRUST_TIME"
  | "TRUST_ADDRESS"
  | "TRUST_LABELS"
  | "TRUST_VERSION"
  | "TRUST_TOKEN"
  // a trust as a whole
  | "TRUST_OTHER_CLUSTER"
  | "TRUST_SAME_CLUSTER"
  | "TRUST_NOT_VISIBLE"
  | "TRUST_OTHER_LEAF"
  | "TRUST_FOREIGN"
  | "TRUST_CLOUD_LEAF"
  | "TRUST_VERSION_SKEW"
  | "TRUST_LOCAL_ROLE"
  | "TRUST_LABELS_HIDE"
  | "TRUST_OTHER_PROXY"
  | "TRUST_NOT_SETTLED"
  | "TRUST_NOT_ONLINE"
  | "TRUST_JOIN_REFUSED"
  | "TRUST_NOTHING_TO_IMPORT"
  | "TRUST_IMPORT_ID"
  | "TRUST_ARGUMENT"
  | "TRUST_HALF"
  | "TRUST_REJOIN"
  | "TRUST_ROOT_NAME"
  | "TRUST_DISABLED"
  | "TRUST_CONTINUED"
  | "TRUST_LEFT"
  // relations on one cluster
  | "RELATION_OTHER_CLUSTER"
  | "RELATION_IMPORT_ID"
  | "GRANT_NO_USER"
  | "GRANT_SSO_USER"
  | "GRANT_ROLE"
  | "GRANT_NOT_SETTLED"
  | "GRANT_SIGN_IN"
  | "GRANT_CONTINUED"
  | "GRANT_LEFT"
  | "REMOTE_CLUSTER_NOT_REGISTERED"
  | "REMOTE_CLUSTER_NOT_ONLINE"
  | "REMOTE_CLUSTER_NOT_SETTLED"
  | "REMOTE_CLUSTER_LEFT"
  | "ROTATION_ARGUMENT"
  | "ROTATION_PENDING"
  | "ROTATION_CONTINUED"
  | "ROTATION_LATE"
  | "ROTATION_APPLY_FIRST"
  // provision tokens
  | "TOKEN_IN_STATE"
  | "TOKEN_IMPORT_ID"
  // roles
  | "ROLE_VERSION_CHANGE"
  // credentials and connections
  | "IDENTITY_INVALID"
  | "IDENTITY_EXPIRED"
  | "IDENTITY_EXPIRES_SOON"
  | "IDENTITY_READABLE"
  | "PROVIDER_ARGUMENT"
  | "PROVIDER_CLOCK_OFFSET"
  | "PLAN_NOT_CHECKED"
  | "CONNECTION_NOT_CONFIGURED"
  | "CONNECTION_UNKNOWN"
  | "CONNECTION_FAILED"
  | "CONNECTION_UNTRUSTED"
  // answers of the cluster API
  | "API_NOT_FOUND"
  | "API_ALREADY_EXISTS"
  | "API_ACCESS_DENIED"
  | "API_INVALID"
  | "API_CONFLICT"
  | "API_LIMIT"
  | "API_UNAVAILABLE"
  | "API_UNSUPPORTED"
  | "API_TIMEOUT"
  | "API_CANCELLED"
  | "API_UNEXPECTED";

/**
 * The error of the whole repository: what happened, where, and what to do next.
 *
 * Guarantees that no part holds a secret is the thrower's duty: values that are secrets never go into `what`.
 */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly code: ProblemCode,
    /** What happened, with the values that were seen. One sentence, no final stop. */
    readonly what: string,
    /** The attribute path from the resource's root; empty when it is not about one attribute. */
    readonly where: readonly (string | number)[],
    /** What the reader can do now. One sentence, with a full stop. */
    readonly next: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${what}. ${next} [${code}]`, options);
  }

  /** The same problem, seen from further out: the path gets this prefix. */
  at(...prefix: readonly (string | number)[]): Problem {
    return new Problem(this.code, this.what, [...prefix, ...this.where], this.next, { cause: this.cause });
  }
}
