import type { SshPublicKey } from "./ssh";
import { parseAuthorizedKey } from "./ssh";
import { authorityKey, type ClusterStorage } from "./storage";

/**
 * The keys that sign SSH certificates of a cluster, those that are only still trusted included.
 *
 * @returns `undefined` when this cluster knows no such authority, or has deactivated it
 */
export function sshAuthorityKeys(
  storage: ClusterStorage,
  type: "host" | "user",
  clusterName: string,
): readonly SshPublicKey[] | undefined {
  const spec = storage.get("cert_authority", authorityKey(type, clusterName))?.spec;
  if (spec === undefined) return undefined;
  const pairs = [...(spec.activeKeys?.ssh ?? []), ...(spec.additionalTrustedKeys?.ssh ?? [])];
  return pairs.map(({ publicKey }) => parseAuthorizedKey(Buffer.from(publicKey).toString("utf8")));
}

/** The keys of every host authority that this cluster knows, its own included. */
export function allHostKeys(storage: ClusterStorage): readonly SshPublicKey[] {
  return storage
    .list("cert_authority")
    .filter(({ spec }) => spec?.type === "host")
    .flatMap(({ spec }) => sshAuthorityKeys(storage, "host", spec?.clusterName ?? "") ?? []);
}
