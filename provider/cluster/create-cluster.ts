import { formatAddress, type Problem, parseAddress } from "../../trust";
import { grpcMethod } from "../grpc";
import { type AuthDialer, createAuthDialer } from "./auth-dialer";
import { createCertAuthorities } from "./cert-authorities";
import { type Channel, createChannel } from "./channel";
import type { Cluster, ClusterInfo } from "./cluster";
import type { ConnectionSettings, Surroundings } from "./connections";
import { loadAllCredentials } from "./credential-list";
import { Empty } from "./gen/google/protobuf/empty";
import { PingRequest, PingResponse } from "./gen/teleport/auth/auth_service";
import { RoleV6 } from "./gen/teleport/types/role";
import { createLeafChannels } from "./leaf-channels";
import { createNodes } from "./nodes";
import { once } from "./once";
import { createRemoteClusters } from "./remote-clusters";
import { createRoles } from "./roles";
import { createTokens } from "./tokens";
import { createTrustedClusters } from "./trusted-clusters";
import { createUsers } from "./users";
import { rolesSee, rolesSeeEverything } from "./visibility";
import type { WebInfo } from "./web-ping";

/** Asks a web proxy; cached by whoever gives it. */
export type AskWeb = (addr: string, insecure: boolean, signal: AbortSignal) => Promise<WebInfo>;

const pingMethod = grpcMethod("/proto.AuthService/Ping", PingRequest, PingResponse);
const currentRolesMethod = grpcMethod("/proto.AuthService/GetCurrentUserRoles", Empty, RoleV6);

/** A cluster and how to end its connection. */
export interface OwnedCluster {
  readonly cluster: Cluster;
  /** Loads the credentials now, in place of before the first call, and answers their warnings. */
  loadCredentials(signal: AbortSignal): Promise<readonly Problem[]>;
  close(): Promise<void>;
}

/** Makes a cluster's calls; reads no credentials and dials nothing yet. */
export function createCluster(
  key: string | undefined,
  settings: ConnectionSettings,
  around: Surroundings,
  askWeb: AskWeb,
): OwnedCluster {
  const owner = key === undefined ? "the default cluster" : `cluster "${key}"`;
  const title = `${owner} (${settings.addr})`;
  const loaded = once(() => loadAllCredentials(settings.credentials, owner, around));
  const dialer = createAuthDialer({
    owner,
    addr: settings.addr,
    credentials: async (signal) => (await loaded(signal)).usable,
    proxyClusterName: async (signal) => (await askWeb(settings.addr, settings.insecure, signal)).clusterName,
    timeoutMs: settings.dialTimeoutMs,
    monotonic: around.monotonic,
  });
  const openChannel = (name: string, by: AuthDialer) =>
    createChannel({
      title: name,
      addr: settings.addr,
      dialTimeoutMs: settings.dialTimeoutMs,
      dialer: by,
      retry: settings.retry,
      around,
    });
  const channel = openChannel(title, dialer);
  const ping = once((signal) => pingCluster(channel, signal));
  const web = once(async (signal) => askWeb(await webAddr(settings, ping, askWeb, signal), settings.insecure, signal));
  const currentRoles = once((signal) => askCurrentRoles(channel, signal));
  const certAuthorities = createCertAuthorities(channel);
  const remoteClusters = createRemoteClusters(channel);
  const leaves = createLeafChannels({
    root: title,
    credentials: async (signal) => (await loaded(signal)).usable,
    proxyAddr: async (signal) => (await web(signal)).addr,
    hostAuthority: (leaf, signal) => certAuthorities.get({ type: "host", domain: leaf }, signal),
    remoteCluster: (leaf, signal) => remoteClusters.get(leaf, signal),
    timeoutMs: settings.dialTimeoutMs,
    open: openChannel,
  });
  const cluster: Cluster = {
    key,
    addr: settings.addr,
    title,
    ping,
    webPing: web,
    trustedClusters: createTrustedClusters(channel),
    remoteClusters,
    roles: createRoles(channel),
    tokens: createTokens(channel),
    users: createUsers(channel),
    nodes: createNodes(channel),
    throughTrust: leaves.get,
    certAuthorities,
    currentRoles,
    seesEveryRemoteCluster: async (signal) => rolesSeeEverything(await currentRoles(signal)),
    canSeeLabels: async (labels, signal) => rolesSee(await currentRoles(signal), labels),
  };
  const loadCredentials = async (signal: AbortSignal) => (await loaded(signal)).warnings;
  const close = async (): Promise<void> => {
    await Promise.all([leaves.close(), channel.close()]);
  };
  return { cluster, loadCredentials, close };
}

async function pingCluster(channel: Channel, signal: AbortSignal): Promise<ClusterInfo> {
  const answer = await channel.unary(pingMethod, PingRequest.create(), {
    action: "ping Auth",
    repetition: "repeatable",
    signal,
  });
  return {
    clusterName: answer.cluster_name,
    serverVersion: answer.server_version,
    proxyPublicAddr: answer.proxy_public_addr,
    isCloud: answer.server_features?.cloud ?? false,
  };
}

/** Where the web proxy is: at `addr` itself, unless that is an Auth server, which knows its proxy. */
async function webAddr(
  { addr, insecure }: { readonly addr: string; readonly insecure: boolean },
  ping: (signal: AbortSignal) => Promise<ClusterInfo>,
  askWeb: AskWeb,
  signal: AbortSignal,
): Promise<string> {
  try {
    return (await askWeb(addr, insecure, signal)).addr;
  } catch (error) {
    signal.throwIfAborted();
    const { proxyPublicAddr } = await ping(signal).catch(() => ({ proxyPublicAddr: "" }));
    const published = proxyPublicAddr === "" ? undefined : withDefaultPort(proxyPublicAddr);
    if (published === undefined || published === formatAddress(parseAddress(addr))) throw error;
    return published;
  }
}

function withDefaultPort(addr: string): string {
  return /:\d+$/.test(addr) ? addr : `${addr}:443`;
}

function askCurrentRoles(channel: Channel, signal: AbortSignal): Promise<RoleV6[]> {
  const action = "read the roles of the identity that applies";
  return channel.collect(currentRolesMethod, Empty.create(), { action, repetition: "repeatable", signal });
}
