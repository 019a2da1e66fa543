import type { CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import { authorityKey } from "../storage";
import { accessDenied, badParameter, notFound } from "../trace-error";
import type { Caller } from "./caller";
import type { AuthContext } from "./context";
import { permit } from "./permit";

/**
 * An authority by type and cluster, public keys only.
 *
 * @throws TraceError access_denied for private keys, which the lab's storage does not hold; not_found
 */
export function getCertAuthority(
  context: AuthContext,
  caller: Caller,
  type: string,
  domain: string,
  includeKey: boolean,
): CertAuthorityV2 {
  permitAuthorities(caller, includeKey, "readnosecrets", domain);
  if (type === "") throw badParameter("authority type is not supported: ");
  const authority = context.storage.get("cert_authority", authorityKey(type, domain));
  if (authority === undefined) throw notFound(`certificate authority "${domain}" of type "${type}" is not found`);
  return authority;
}

/** All authorities of a type, of this cluster and of those it knows; public keys only. */
export function listCertAuthorities(
  context: AuthContext,
  caller: Caller,
  type: string,
  includeKey: boolean,
): CertAuthorityV2[] {
  permitAuthorities(caller, includeKey, "list");
  return context.storage.list("cert_authority").filter(({ spec }) => spec?.type === type);
}

/** X.509 certificates of the cluster's own host authority: PEM, one after another. */
export function hostAuthorityPem({ storage, clusterName }: AuthContext): Uint8Array {
  const authority = storage.get("cert_authority", authorityKey("host", clusterName));
  const { activeKeys, additionalTrustedKeys } = authority?.spec ?? {};
  const pairs = [...(activeKeys?.tls ?? []), ...(additionalTrustedKeys?.tls ?? [])];
  const texts = pairs.map(({ cert }) => Buffer.from(cert).toString("utf8").trimEnd());
  return Buffer.from(texts.map((text) => `${text}\n`).join(""), "utf8");
}

/** An authority is the one kind for which a rule's condition sees the object: its name is the cluster's. */
function permitAuthorities(caller: Caller, includeKey: boolean, verb: "list" | "readnosecrets", name = ""): void {
  const read = includeKey ? "read" : "readnosecrets";
  permit(caller, "cert_authority", verb === "list" ? ["list", read] : [read], { name, labels: {} });
  if (includeKey) throw accessDenied("this request can be only executed by an admin");
}
