import { join } from "node:path";
import { splitAddress } from "../address";
import type { LabCluster } from "../cluster";
import { authorizedKey, parseAuthorizedKey } from "../ssh";
import { labFiles } from "./lab-json";

/**
 * Configuration for OpenSSH's `ssh -F`, in the form of `tsh config`: nodes are `<node>.<cluster>`, reached through the
 * root's proxy; each cluster's own proxy is the host of the cluster's name.
 *
 * @param folder absolute path of the lab's folder
 * @param root whose proxy leads to all nodes
 */
export function sshConfig(folder: string, root: LabCluster, clusters: readonly LabCluster[]): string {
  // ssh takes the first value that fits a host, so the longer of two names that fit comes first.
  const byLength = [...clusters].sort((a, b) => b.name.length - a.name.length);
  const file = (name: string) => configPath(join(folder, name));
  const hosts = clusters.map(({ name }) => `${name} *.${name}`).join(" ");
  const common = section(hosts, [
    `UserKnownHostsFile ${file(labFiles.knownHosts)}`,
    "GlobalKnownHostsFile /dev/null",
    "StrictHostKeyChecking yes",
    `IdentityFile ${file(labFiles.sshKey)}`,
    `CertificateFile ${file(labFiles.sshCertificate)}`,
    "IdentitiesOnly yes",
    "IdentityAgent none",
  ]);
  const head =
    "# Written by the lab. The user is the one of the last `teleport-trust lab login USER`, alice at first.\n";
  const proxies = byLength.map(proxySection);
  const nodes = byLength.map(({ name }) => nodeSection(name, root.name, join(folder, labFiles.sshConfig)));
  return [head, common, ...proxies, ...nodes].join("\n");
}

function proxySection({ name, addresses }: LabCluster): string {
  const { host, port } = splitAddress(addresses.ssh);
  return section(name, [`HostName ${host}`, `Port ${port}`, `HostKeyAlias ${name}`]);
}

function nodeSection(cluster: string, root: string, config: string): string {
  const command = `ssh -F ${shellWord(config)} -l %r -s ${root} proxy:%h:%p@${cluster}`;
  return section(`*.${cluster}`, ["Port 3022", `ProxyCommand ${command}`]);
}

function section(hosts: string, settings: readonly string[]): string {
  return [`Host ${hosts}`, ...settings.map((setting) => `    ${setting}`), ""].join("\n");
}

/** ssh expands `%` in paths, and takes spaces between quotes. */
function configPath(path: string): string {
  return `"${path.replaceAll("%", "%%").replace(/["\\]/g, "\\$&")}"`;
}

/** A ProxyCommand is run by the user's shell, after ssh has expanded `%`. */
function shellWord(path: string): string {
  return `'${path.replaceAll("%", "%%").replaceAll("'", "'\\''")}'`;
}

/** The authorities by which ssh checks the host certificates of proxies and nodes, each for its own cluster only. */
export function knownHosts(clusters: readonly LabCluster[]): string {
  const lines = clusters.flatMap(({ name, authorities }) =>
    (authorities.public("host").spec?.activeKeys?.ssh ?? []).map(({ publicKey }) => {
      const key = authorizedKey(parseAuthorizedKey(Buffer.from(publicKey).toString("utf8")));
      return `@cert-authority ${name},*.${name} ${key} type=host\n`;
    }),
  );
  return lines.join("");
}
