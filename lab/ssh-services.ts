import type { AuthContext } from "./auth";
import type { CertificateAuthorities, HostCredentials } from "./ca";
import type { Clock } from "./clock";
import type { NodeOptions } from "./cluster-options";
import type { Link } from "./faults";
import type { Homes, LabNode } from "./node";
import { startNode } from "./node";
import type { SshProxy } from "./ssh-proxy";
import { startSshProxy } from "./ssh-proxy";
import type { TunnelServer } from "./tunnel";

/** What a cluster's services for SSH clients work with. */
export interface SshServiceParts {
  readonly context: AuthContext;
  readonly clock: Clock;
  readonly authorities: CertificateAuthorities;
  /** The proxy's. */
  readonly credentials: HostCredentials;
  /** The way of clients to the proxy. */
  readonly link: Link;
  readonly tunnels: TunnelServer;
  readonly nodes: readonly NodeOptions[];
  readonly homes: Homes;
  readonly newUuid: () => string;
}

/** The SSH proxy of a cluster, and its nodes. */
export interface SshServices {
  readonly proxy: SshProxy;
  readonly nodes: readonly LabNode[];
  /** Ends everything; resolves when no connection, process or timer is left. */
  close(): Promise<void>;
}

/** Starts a cluster's nodes and its SSH proxy. What was opened is closed again when one cannot. */
export async function startSshServices(parts: SshServiceParts): Promise<SshServices> {
  const { context, credentials, link, tunnels } = parts;
  const nodes: LabNode[] = [];
  const closeNodes = async () => {
    await Promise.all(nodes.map((node) => node.close()));
  };
  try {
    for (const options of parts.nodes) nodes.push(await startOne(options, parts));
    const dialLeaf = tunnels.dial.bind(tunnels);
    const proxy = await startSshProxy({ context, credentials, link, dialLeaf });
    const close = async () => {
      await proxy.close();
      await closeNodes();
    };
    return { proxy, nodes, close };
  } catch (error) {
    await closeNodes();
    throw error;
  }
}

/** A node's host certificate names it in every way in which people write it (`@cert-authority` of OpenSSH). */
async function startOne({ hostname, labels = {} }: NodeOptions, parts: SshServiceParts): Promise<LabNode> {
  const { context, clock, homes } = parts;
  const names = [hostname, `${hostname}.${context.clusterName}`, "localhost", "127.0.0.1"];
  const credentials = await parts.authorities.issueHost({ role: "Node", hostId: parts.newUuid(), names });
  return startNode({ context, clock, credentials, hostname, labels, homes });
}
