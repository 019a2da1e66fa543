import { Problem } from "../../trust";

/** Who was dialled with what, for messages. */
export interface DialTarget {
  /** Such as `cluster "leaf"`. */
  readonly owner: string;
  /** `host:port`. */
  readonly addr: string;
  /** Such as `identity file "leaf.pem"`; absent where nobody shows a certificate. */
  readonly credentials?: string;
}

/** What went wrong on the way, apart from its words. */
export type DialFailureKind =
  | "unreachable"
  | "timeout"
  | "untrusted-server"
  | "untrusted-client"
  | "other-cluster"
  | "ended-tls"
  | "not-tls"
  | "protocol"
  | "other";

/** A dial that failed, told apart so that another route or other credentials can be tried. */
export class DialFailure extends Error {
  override readonly name = "DialFailure";
  constructor(
    readonly kind: DialFailureKind,
    /** One clause, such as `nothing listens there (connection refused)`. */
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

const serverCertificate: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by an authority that the credentials do not hold",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate is signed by an authority that the credentials do not hold",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by an authority that the credentials do not hold",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by an authority that the credentials do not hold",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  CERT_SIGNATURE_FAILURE: "its certificate is signed by another key of an authority with the same name",
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet (is this machine's clock right?)",
  CERT_UNTRUSTED: "its certificate is not trusted",
  INVALID_CA: "its certificate is signed by something that is no authority",
  INVALID_PURPOSE: "its certificate is not meant for servers",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there (connection refused)",
  ENOTFOUND: "the host name does not resolve (DNS)",
  EAI_AGAIN: "the host name cannot be resolved at the moment (DNS)",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "there is no route to the network",
  EADDRNOTAVAIL: "the address cannot be dialled from this machine",
};

/** OpenSSL's names for the alerts by which a server refuses a client certificate. */
const refusedCertificate =
  /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(EXPIRED|REVOKED|UNKNOWN|REQUIRED)|ACCESS_DENIED|HANDSHAKE_FAILURE|DECRYPT_ERROR)/;

/** Turns Node's error of a TCP or TLS connection into a failure with words. */
export function dialFailure(error: unknown, timeoutMs: number): DialFailure {
  if (error instanceof DialFailure) return error;
  const { code, message } = firstOf(error);
  const options = { cause: error };
  if (unreachable[code] !== undefined) return new DialFailure("unreachable", unreachable[code], options);
  if (code === "ETIMEDOUT") return timedOut(timeoutMs);
  if (serverCertificate[code] !== undefined)
    return new DialFailure("untrusted-server", serverCertificate[code], options);
  const alert = refusedCertificate.exec(code)?.[1];
  if (alert !== undefined) {
    const words = alert.toLowerCase().replaceAll("_", " ");
    return new DialFailure("untrusted-client", `it refuses the identity's certificate (TLS alert: ${words})`, options);
  }
  if (code.endsWith("ALERT_NO_APPLICATION_PROTOCOL")) {
    return new DialFailure(
      "protocol",
      "it speaks neither gRPC nor Teleport's TLS routing (TLS alert: no application protocol)",
      options,
    );
  }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|RECORD_LAYER|HTTP_REQUEST|UNKNOWN_PROTOCOL/.test(code)) {
    return new DialFailure("not-tls", "it does not speak TLS (a plain HTTP or an SSH port?)", options);
  }
  if (code === "ECONNRESET" || code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE") {
    return new DialFailure("other", "it closed the connection before the TLS handshake was done", options);
  }
  return new DialFailure("other", message, options);
}

/** A dial that took too long. */
export function timedOut(timeoutMs: number): DialFailure {
  return new DialFailure("timeout", `no answer within ${timeoutMs / 1000} s`);
}

/** Node tries the addresses of a name one after another and rejects with all of their errors. */
function firstOf(error: unknown): { code: string; message: string } {
  const first = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const code = (first as NodeJS.ErrnoException | undefined)?.code;
  const message = first instanceof Error ? first.message : String(first);
  return { code: typeof code === "string" ? code : "", message };
}

const next: Readonly<Record<DialFailureKind, string>> = {
  unreachable: "Check `addr` and that the cluster is up and reachable from this machine.",
  timeout: "Check `addr`, firewalls on the way, or raise `dial_timeout_duration` (`dial_timeout` in `clusters`).",
  "untrusted-server":
    "`addr` and the credentials must belong to the same cluster; after a rotation of its host authority issue the credentials again.",
  "untrusted-client":
    "The credentials must come from this cluster or from one that it trusts; after a rotation of its user authority issue them again.",
  "other-cluster": "Use credentials of that cluster, or the address of theirs.",
  "ended-tls":
    "After a rotation of the cluster's host authority issue the credentials again; a load balancer in front of the proxy must pass TLS through.",
  "not-tls": "Use the port of the web proxy (443 or 3080) or of Auth (3025).",
  protocol: "Use the port of the web proxy (443 or 3080) or of Auth (3025).",
  other: "Check that `addr` is the web proxy (443 or 3080) or Auth (3025) of the cluster.",
};

const untrusted: ReadonlySet<DialFailureKind> = new Set([
  "untrusted-server",
  "untrusted-client",
  "other-cluster",
  "ended-tls",
]);

/** All failures of one connection as one Problem. The first decides the code and the hint. */
export function connectionProblem(target: DialTarget, failures: readonly DialFailure[]): Problem {
  const kind = failures[0]?.kind ?? "other";
  const code = untrusted.has(kind) ? "CONNECTION_UNTRUSTED" : "CONNECTION_FAILED";
  // Whose cluster it is explains whatever failed on the other routes.
  const telling = kind === "other-cluster" ? failures.slice(0, 1) : failures;
  const causes = [...new Set(telling.map((failure) => failure.message))].join("; ");
  const by = target.credentials === undefined ? "" : ` with the ${target.credentials}`;
  const what = `cannot connect to ${target.owner} at ${target.addr}${by}: ${causes}`;
  return new Problem(code, what, [], next[kind], { cause: failures[0] });
}
