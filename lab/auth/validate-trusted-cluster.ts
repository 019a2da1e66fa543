import { timingSafeEqual } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import type { CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import type { ProvisionTokenV2 } from "../gen/teleport/types/provision_token_pb";
import { RemoteClusterV3Schema } from "../gen/teleport/types/remote_cluster_pb";
import { authorityKey } from "../storage";
import { accessDenied, alreadyExists, badParameter } from "../trace-error";
import { audit } from "./audit";
import { decodeAuthority, encodeAuthority } from "./authority-json";
import { firstValue, nameOid, namesOfCertificate } from "./certificate-subject";
import type { AuthContext } from "./context";
import { authorityCertificates } from "./verify-peer";
import { zeroTime } from "./zero-time";

/** What a leaf shows to a root when it joins. */
export interface ValidateRequest {
  readonly token: string;
  /** Each is base64 of an authority's JSON; exactly one, the leaf's host authority. */
  readonly certificate_authorities: readonly string[];
  readonly teleport_version: string;
}

/** The root's authorities: host, user, db, openssh, in the form of the request's. */
export interface ValidateResponse {
  readonly certificate_authorities: readonly string[];
}

/** Authorities that a root gives to its leaves, in this order. */
const given = ["host", "user", "db", "openssh"] as const;

/**
 * The root's side of joining: checks token and authority in the server's order, registers the leaf, and answers with
 * the root's authorities. The token is not used up.
 *
 * @throws TraceError in the words of the root's log; its proxy shows less
 */
export function validateTrustedCluster(context: AuthContext, request: ValidateRequest): ValidateResponse {
  const token = checkToken(context, request.token);
  const authority = checkAuthority(context, request.certificate_authorities);
  registerLeaf(context, authority, token);
  const name = authority.spec?.clusterName ?? "";
  audit(context, { event: "remote_cluster.create", user: name, name, detail: `version ${request.teleport_version}` });
  return { certificate_authorities: given.flatMap((type) => ownAuthority(context, type)) };
}

function checkToken({ storage }: AuthContext, name: string): ProvisionTokenV2 {
  const token = storage.list("token").find((candidate) => sameText(candidate.metadata?.name ?? "", name));
  if (token === undefined || name === "") throw accessDenied("the remote server denied access: invalid cluster token");
  if (token.spec?.joinMethod !== "token") throw accessDenied("the remote server denied access: invalid cluster token");
  if (!token.spec.roles.includes("Trusted_cluster")) throw accessDenied("role does not match");
  return token;
}

function checkAuthority(context: AuthContext, encoded: readonly string[]): CertAuthorityV2 {
  if (encoded.length !== 1) {
    throw accessDenied(`expected exactly one certificate authority, received ${encoded.length}`);
  }
  const authority = readAuthority(encoded[0] ?? "");
  const { type = "", clusterName = "" } = authority.spec ?? {};
  if (type !== "host") throw accessDenied(`expected host certificate authority, received CA with type "${type}"`);
  if (authority.metadata?.name !== clusterName) throw accessDenied("CA name does not match its cluster name");
  if (clusterName === context.clusterName) {
    throw accessDenied(`remote cluster has same name as this cluster: ${clusterName}`);
  }
  if (!context.rules.atomicTrustedClusterWrites) assertNoTrust(context, clusterName);
  if (context.rules.checksAuthoritySubjects) assertSubjects(authority, clusterName);
  return authority;
}

function readAuthority(encoded: string): CertAuthorityV2 {
  try {
    const authority = decodeAuthority(encoded);
    if ((authority.spec?.activeKeys?.tls.length ?? 0) > 0 && (authority.spec?.clusterName ?? "") !== "")
      return authority;
  } catch (error) {
    throw badParameter(`failed to parse certificate authority: ${(error as Error).message}`);
  }
  throw badParameter("certificate authority has no keys or no cluster name");
}

function assertNoTrust({ storage }: AuthContext, name: string): void {
  if (storage.get("trusted_cluster", name) === undefined) return;
  throw accessDenied(`remote cluster has same name as trusted cluster: ${name}`);
}

function assertSubjects(authority: CertAuthorityV2, clusterName: string): void {
  for (const certificate of readCertificates(authority)) {
    const organization = firstValue(namesOfCertificate(certificate.raw).subject, nameOid.organization);
    if (organization === "") throw accessDenied("CA certificate subject organization is invalid");
    if (organization === clusterName) continue;
    throw accessDenied("the subject organization of a CA certificate does not match the cluster name of the CA");
  }
}

function readCertificates(authority: CertAuthorityV2): ReturnType<typeof authorityCertificates> {
  try {
    return authorityCertificates(authority);
  } catch (error) {
    throw badParameter(`failed to parse certificate authority: ${(error as Error).message}`);
  }
}

function registerLeaf(context: AuthContext, authority: CertAuthorityV2, token: ProvisionTokenV2): void {
  const { storage, rules } = context;
  const name = authority.spec?.clusterName ?? "";
  const isRegistered = storage.get("remote_cluster", name) !== undefined;
  if (isRegistered && rules.rejoin === "keep-silently") return;
  if (isRegistered && rules.rejoin === "overwrite") {
    storage.upsert("cert_authority", authority);
    return;
  }
  const leaf = create(RemoteClusterV3Schema, {
    kind: "remote_cluster",
    version: "v3",
    metadata: { name, labels: { ...token.metadata?.labels } },
    status: { connection: "offline", lastHeartbeat: zeroTime() },
  });
  const failed = storage.write([
    { kind: "trusted_cluster", when: "absent", check: name },
    { kind: "remote_cluster", when: "absent", put: leaf },
    { kind: "cert_authority", when: "absent", put: authority },
  ]);
  if (failed?.kind === "trusted_cluster") {
    throw badParameter(
      `cannot create remote cluster with same name as trusted cluster "${name}", bidirectional trust is not supported`,
    );
  }
  // The server's own words were not read; clients go by "already registered".
  if (failed !== undefined) throw alreadyExists(`leaf cluster "${name}" is already registered with this root cluster`);
}

function ownAuthority({ storage, clusterName }: AuthContext, type: string): string[] {
  const authority = storage.get("cert_authority", authorityKey(type, clusterName));
  return authority === undefined ? [] : [encodeAuthority(authority)];
}

/** Compares without telling by its time how much of a guess was right. */
function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
