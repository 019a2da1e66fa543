import type { LabCluster } from "../cluster";
import type { Lab } from "../lab";

/** What `lab.json` says: the stable form by which other programs find a lab's clusters. Paths are relative to its folder. */
export interface LabJson {
  readonly format: 1;
  readonly clusters: readonly LabJsonCluster[];
}

/** One cluster in `lab.json`. */
export interface LabJsonCluster {
  readonly name: string;
  readonly role: "root" | "leaf";
  /** Version text that the cluster announces. */
  readonly teleport_version: string;
  /** `host:port` each. */
  readonly auth_addr: string;
  readonly proxy_addr: string;
  readonly tunnel_addr: string;
  /** The proxy's port for SSH clients. */
  readonly ssh_addr: string;
  readonly proxy_ca_file: string;
  /** `sha256:<hex>` of the host authority's key. */
  readonly ca_pins: readonly string[];
  /** Identity files by user. */
  readonly identities: Readonly<Record<string, string>>;
  readonly nodes: readonly LabJsonNode[];
}

/** One SSH node in `lab.json`. */
export interface LabJsonNode {
  readonly hostname: string;
  readonly addr: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** File names within a lab's folder. */
export const labFiles = {
  labJson: "lab.json",
  clockOffset: "clock-offset",
  /** The authorities of all proxies in one file, for programs that read only one (`SSL_CERT_FILE`). */
  proxyCas: "proxy-cas.pem",
  /** For OpenSSH's `ssh -F`; the other three are what it names. */
  sshConfig: "ssh_config",
  knownHosts: "known_hosts",
  sshKey: "ssh/id",
  sshCertificate: "ssh/id-cert.pub",
  /** Folder of the nodes' homes. */
  homes: "nodes",
  proxyCa: (cluster: string) => `${cluster}/proxy-ca.pem`,
  identity: (cluster: string, user: string) => `${cluster}/${user}.pem`,
} as const;

/** Describes a lab that is ready. */
export function describeLab(lab: Lab): LabJson {
  return { format: 1, clusters: lab.clusters.map((cluster) => describeCluster(cluster, cluster === lab.root)) };
}

function describeCluster(cluster: LabCluster, isRoot: boolean): LabJsonCluster {
  const { name, addresses } = cluster;
  const identities = Object.keys(cluster.identities).map((user) => [user, labFiles.identity(name, user)]);
  return {
    name,
    role: isRoot ? "root" : "leaf",
    teleport_version: cluster.version,
    auth_addr: addresses.auth,
    proxy_addr: addresses.proxy,
    tunnel_addr: addresses.tunnel,
    ssh_addr: addresses.ssh,
    proxy_ca_file: labFiles.proxyCa(name),
    ca_pins: cluster.caPins,
    identities: Object.fromEntries(identities),
    nodes: cluster.nodes.map(({ hostname, address, labels }) => ({ hostname, addr: address, labels })),
  };
}
