import type { AuthContext, CallLog } from "./auth";
import {
  AuditLog,
  createAuthHandler,
  refreshRemoteClusters,
  TokenLedger,
  TunnelConnections,
  validateTrustedClusterText,
} from "./auth";
import type { AuthPort } from "./auth-port";
import { openAuthPort } from "./auth-port";
import type { AuthorityType, CertificateAuthorities, CertificateSources } from "./ca";
import { authorityTypes, createAuthorities, WebAuthority } from "./ca";
import type { LabClock } from "./clock";
import { announcedVersionOf, type WholeClusterOptions } from "./cluster-options";
import type { LinkName } from "./faults";
import { Link } from "./faults";
import type { Homes } from "./node";
import type { LabProxy } from "./proxy";
import { startProxy } from "./proxy";
import { seed } from "./seed";
import type { SshServices } from "./ssh-services";
import { startSshServices } from "./ssh-services";
import { ClusterStorage } from "./storage";
import { remoteAuthServer } from "./tunnel";
import type { Tunnels } from "./tunnels";
import { createTunnels } from "./tunnels";
import { versionRules } from "./versions";
import { createProxyClient } from "./web-client";

/** What the clusters of a lab share: time, randomness, and the count of calls. */
export interface Surroundings extends CertificateSources {
  readonly clock: LabClock;
  readonly calls: CallLog;
  readonly statusRefreshMs: number;
  readonly newUuid: () => string;
  /** Draws from [0, 1). */
  readonly random: () => number;
  /** Where the commands of nodes run. */
  readonly homes: Homes;
}

/** The running parts of one cluster. */
export interface ClusterParts {
  readonly context: AuthContext;
  /** UUID of the one host that runs Auth and proxy. */
  readonly hostId: string;
  readonly authorities: CertificateAuthorities;
  readonly webAuthority: WebAuthority;
  readonly webRoots: string[];
  readonly links: Readonly<Record<LinkName, Link>>;
  readonly auth: AuthPort;
  readonly tunnels: Tunnels;
  readonly proxy: LabProxy;
  /** SSH proxy and nodes. */
  readonly ssh: SshServices;
  /** Ends everything; resolves when no connection or timer is left. */
  close(): Promise<void>;
}

/** Everything of the lab is reached here. */
export const loopback = "127.0.0.1";

/**
 * Makes a cluster and lets it listen. What was opened is closed again when a part fails.
 *
 * @throws RangeError for a version that the lab cannot behave as
 */
export async function startParts(options: WholeClusterOptions, surroundings: Surroundings): Promise<ClusterParts> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = async () => {
    // Last opened, first closed; each once, whoever calls again.
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await openParts(options, surroundings, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openParts(
  options: WholeClusterOptions,
  surroundings: Surroundings,
  closers: (() => Promise<void> | void)[],
): Promise<Omit<ClusterParts, "close">> {
  const { clock, statusRefreshMs } = surroundings;
  const hostId = surroundings.newUuid();
  const links = createLinks(options.name);
  closers.push(() => {
    for (const link of Object.values(links)) link.dispose();
  });
  const webRoots: string[] = [];
  let proxy: LabProxy | undefined;
  const proxyAddress = () => proxy?.webAddr ?? "";
  const context = createContext(options, surroundings, proxyAddress, () => webRoots);
  const { authorities, webAuthority } = await createCertifiers(options, surroundings);
  for (const type of typesOf(options)) context.storage.upsert("cert_authority", authorities.public(type));
  seed(context.storage, context.rules, options.side, options.seedRoles, options.seedUsers);

  const auth = await openAuth(context, authorities, hostId, links.auth);
  closers.push(() => auth.close());
  const credentials = await authorities.issueHost({ role: "Proxy", hostId, names: hostNames(options.name) });
  const { random, homes, newUuid } = surroundings;
  const tunnels = createTunnels({
    context,
    clock,
    credentials,
    auth,
    link: links.tunnel,
    webRoots: () => webRoots,
    random,
  });
  closers.push(() => tunnels.close());
  const { nodes } = options;
  const server = tunnels.server;
  const ssh = await startSshServices({
    context,
    clock,
    authorities,
    credentials,
    link: links.proxy,
    tunnels: server,
    nodes,
    homes,
    newUuid,
  });
  closers.push(() => ssh.close());
  proxy = await openProxy(context, { links, auth, tunnels, webAuthority, proxy: () => proxy, ssh });
  closers.push(() => proxy?.close());
  closers.push(clock.every(statusRefreshMs, () => refreshRemoteClusters(context)));
  return { context, hostId, authorities, webAuthority, webRoots, links, auth, tunnels, proxy, ssh };
}

function createLinks(cluster: string): Record<LinkName, Link> {
  return {
    tunnel: new Link(cluster, "tunnel"),
    auth: new Link(cluster, "auth"),
    proxy: new Link(cluster, "proxy"),
  };
}

/** Names under which a cluster's services are reached, beside the ones in every certificate. */
function hostNames(cluster: string): string[] {
  return [cluster, "localhost", loopback];
}

function createContext(
  options: WholeClusterOptions,
  surroundings: Surroundings,
  proxyPublicAddr: () => string,
  webRoots: () => readonly string[],
): AuthContext {
  const { clock, newUuid, realNow, calls } = surroundings;
  const now = () => clock.now();
  return {
    clusterName: options.name,
    clusterId: newUuid(),
    announcedVersion: announcedVersionOf(options),
    rules: versionRules(options.teleportVersion),
    suite: options.suite,
    storage: new ClusterStorage({ now, newRevision: newUuid }),
    now,
    realNow,
    audit: new AuditLog(),
    calls,
    tunnels: new TunnelConnections(),
    tokens: new TokenLedger(),
    proxyPublicAddr,
    proxyClient: createProxyClient(webRoots),
  };
}

function typesOf({ withoutAuthorities }: WholeClusterOptions): AuthorityType[] {
  return authorityTypes.filter((type) => !withoutAuthorities.some((left) => left === type));
}

async function createCertifiers(options: WholeClusterOptions, sources: CertificateSources) {
  const { name, suite } = options;
  const [authorities, webAuthority] = await Promise.all([
    createAuthorities({ clusterName: name, proxyHost: loopback }, suite, sources, typesOf(options)),
    WebAuthority.create(`web authority of ${name}`, sources),
  ]);
  return { authorities, webAuthority };
}

async function openAuth(context: AuthContext, authorities: CertificateAuthorities, hostId: string, link: Link) {
  const { tls } = await authorities.issueHost({ role: "Auth", hostId, names: hostNames(context.clusterName) });
  const onRefused = (error: Error) => {
    const { clusterName: cluster } = context;
    const event = { event: "auth.refused", user: "", name: "", success: false, detail: error.message };
    context.audit.emit({ ...event, cluster, timeMs: context.now() });
  };
  return openAuthPort(createAuthHandler(context), tls, link, onRefused);
}

interface ProxyParts extends Pick<ClusterParts, "links" | "auth" | "tunnels" | "webAuthority" | "ssh"> {
  /** The proxy itself, whose addresses are known once it listens. */
  readonly proxy: () => LabProxy | undefined;
}

async function openProxy(context: AuthContext, { links, auth, tunnels, webAuthority, ssh, proxy }: ProxyParts) {
  const { clusterName } = context;
  return startProxy({
    links,
    webCertificate: await webAuthority.issueServer(clusterName, [...hostNames(clusterName), `*.${clusterName}`]),
    settings: () => ({
      clusterName,
      serverVersion: context.announcedVersion,
      minClientVersion: context.rules.minimumClientVersion,
      suite: context.suite,
      tlsRouting: true,
      webAddr: proxy()?.webAddr ?? "",
      tunnelAddr: proxy()?.tunnelAddr ?? "",
      sshAddr: ssh.proxy.address,
    }),
    validateTrustedCluster: async (body) => validateTrustedClusterText(context, body),
    dialAuth: (cluster, signal) => {
      if (cluster === clusterName) return auth.dial(signal);
      return tunnels.server.dial(cluster, { address: remoteAuthServer }, signal);
    },
    acceptAgent: (stream, remoteAddress) => tunnels.server.attach(stream, remoteAddress),
  });
}
