import { Problem, type ProblemCode } from "../../trust";
import { GrpcError, GrpcStatus } from "../grpc";
import { scrub } from "./scrub";

/** What was being done when a call failed; makes the sentence that people read. */
export interface Attempt {
  /** Which cluster, such as `cluster "leaf" (leaf.example.com:443)`. */
  readonly cluster: string;
  /** Verb and object, such as `update role "visitor"`. Never holds a secret. */
  readonly action: string;
  /** The permission it takes, in the words of a role's rules. */
  readonly needs?: Permission;
  /** Texts that must not come back in any message, such as a token's name. */
  readonly secrets?: readonly string[];
}

/** One row of a Teleport role's `rules`. */
export interface Permission {
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** Turns whatever a call rejected with into a Problem. The one place that does; a Problem passes as it is. */
export function problemFromError(error: unknown, attempt: Attempt): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof GrpcError && error.cause instanceof Problem) return error.cause;
  if (error instanceof GrpcError) return problemFromAnswer(error.code, error.message, attempt, error);
  const message = error instanceof Error ? error.message : String(error);
  return make("API_UNEXPECTED", message, `This looks like a bug; ${report}`, attempt, error);
}

/** Whether a signal was aborted because the time was up, not because somebody wanted it. */
export function isTimeUp({ reason }: AbortSignal): boolean {
  return reason instanceof DOMException && reason.name === "TimeoutError";
}

const report = "please report it with this text.";

/**
 * Turns a status and its text into a Problem.
 *
 * The status is gRPC's; those of the legacy HTTP API are mapped to it as Teleport itself does.
 */
export function problemFromAnswer(status: GrpcStatus, message: string, attempt: Attempt, cause?: unknown): Problem {
  const [code, next] = classify(status, message, attempt);
  return make(code, message, next, attempt, cause);
}

function make(code: ProblemCode, message: string, next: string, attempt: Attempt, cause: unknown): Problem {
  const secrets = attempt.secrets ?? [];
  const text = scrub(message, secrets).replace(/\.?\s*$/, "");
  const what = `cannot ${attempt.action} in ${attempt.cluster}: ${text === "" ? "the cluster gave no reason" : text}`;
  // The origin holds the text as it came, so it is kept only where nothing had to be struck out.
  return new Problem(code, what, [], next, secrets.length > 0 ? {} : { cause });
}

type Verdict = readonly [code: ProblemCode, next: string];

/** Texts that say more than their status; tried first, in order. Sources: the servers of versions 14 to 18. */
const knownTexts: readonly (readonly [pattern: RegExp, verdict: Verdict])[] = [
  [
    /admin-level API request requires MFA/i,
    [
      "API_ACCESS_DENIED",
      "The cluster wants a second factor from people for this call: apply with a bot's identity (Machine ID), which is exempt.",
    ],
  ],
  [
    /client version is unsupported/i,
    [
      "API_UNSUPPORTED",
      "The cluster refuses the version that this provider says it speaks; please report it with both versions.",
    ],
  ],
  [
    /no roles mapped for/i,
    [
      "API_ACCESS_DENIED",
      "The leaf's role map has no row for the roles of this identity: add one, or use an identity whose roles have one.",
    ],
  ],
  [
    /failed to map roles for/i,
    ["API_ACCESS_DENIED", "The leaf's role map is wrong as the cluster says: correct it on the leaf."],
  ],
  [
    /still in use by/i,
    ["API_CONFLICT", "Take it out of the users, role maps and access lists that use it, then apply again."],
  ],
  [
    /already registered/i,
    [
      "API_ALREADY_EXISTS",
      "The root still has a remote cluster of this leaf's name: remove it there (`tctl rm remote_cluster/NAME`), then apply again.",
    ],
  ],
  [
    /cluster token has been rejected|invalid cluster token/i,
    [
      "API_ACCESS_DENIED",
      "The root refused the invitation token: it has expired, was removed, or lacks the role Trusted_cluster; the root's log says which.",
    ],
  ],
  [
    /misconfigured HTTP\/TLS certificate|x509:/i,
    [
      "API_ACCESS_DENIED",
      "The leaf does not trust the certificate of the root's web proxy: install its authority on the leaf's Auth host.",
    ],
  ],
  [
    /cloud tenants cannot be leaf clusters/i,
    ["API_UNSUPPORTED", "A tenant of Teleport Cloud can only be a root; the leaf must be self-hosted."],
  ],
];

function classify(status: GrpcStatus, message: string, attempt: Attempt): Verdict {
  const known = knownTexts.find(([pattern]) => pattern.test(message));
  if (known) return known[1];
  switch (status) {
    case GrpcStatus.NOT_FOUND:
      return [
        "API_NOT_FOUND",
        "It may have been removed in the meantime, or its name is spelled differently; plan again to see what is there.",
      ];
    case GrpcStatus.ALREADY_EXISTS:
      return ["API_ALREADY_EXISTS", "Import the existing one with `terraform import`, or choose another name."];
    case GrpcStatus.PERMISSION_DENIED:
    case GrpcStatus.UNAUTHENTICATED:
      return ["API_ACCESS_DENIED", permissionHint(attempt.needs)];
    case GrpcStatus.INVALID_ARGUMENT:
    case GrpcStatus.OUT_OF_RANGE:
      return ["API_INVALID", "Change the configuration as the cluster says, then apply again."];
    case GrpcStatus.FAILED_PRECONDITION:
    case GrpcStatus.ABORTED:
      return ["API_CONFLICT", "Somebody changed it at the same time; apply again to work on what is there now."];
    case GrpcStatus.RESOURCE_EXHAUSTED:
      return ["API_LIMIT", "Wait a little and apply again, or raise the limit that the cluster names."];
    case GrpcStatus.UNAVAILABLE:
      return [
        "API_UNAVAILABLE",
        "Check that the cluster is up, then apply again: what was done is kept and continued.",
      ];
    case GrpcStatus.UNIMPLEMENTED:
      return [
        "API_UNSUPPORTED",
        "The cluster's version of Teleport does not have this call; upgrade it, or leave this out.",
      ];
    case GrpcStatus.DEADLINE_EXCEEDED:
      return ["API_TIMEOUT", "The cluster did not answer in time; check its load and the network, then apply again."];
    case GrpcStatus.CANCELLED:
      return ["API_CANCELLED", "Apply again to continue."];
    case GrpcStatus.INTERNAL:
      return ["API_UNEXPECTED", `Look into the log of the cluster's Auth; if it shows nothing, ${report}`];
    default:
      return ["API_UNEXPECTED", "Look into the log of the cluster's Auth for the reason."];
  }
}

function permissionHint(needs: Permission | undefined): string {
  if (needs === undefined)
    return "The roles of the identity that applies do not allow it; see which one `tctl get roles` shows for it.";
  const verbs = needs.verbs.map((verb) => `\`${verb}\``).join(" and ");
  return `A role of the identity that applies needs ${verbs} on \`${needs.resource}\` in its rules; a changed list of roles takes effect with the next certificate.`;
}
