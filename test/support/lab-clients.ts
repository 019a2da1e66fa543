import tls from "node:tls";
import type { Client } from "@connectrpc/connect";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

import type { LabCluster } from "../../lab";
import type { TlsKeyPair } from "../../lab/ca";
import { AuthService } from "../../lab/gen/teleport/auth/auth_service_pb";
import { PresenceService } from "../../lab/gen/teleport/presence/v1/presence_service_pb";
import { TrustService } from "../../lab/gen/teleport/trust/v1/trust_service_pb";
import { UsersService } from "../../lab/gen/teleport/users/v1/users_service_pb";
import { authProtocol } from "../../lab/proxy";

/** Clients of a cluster's services over one connection. */
export interface LabClients {
  readonly auth: Client<typeof AuthService>;
  readonly presence: Client<typeof PresenceService>;
  readonly trust: Client<typeof TrustService>;
  readonly users: Client<typeof UsersService>;
  close(): void;
}

/** How a client reaches a cluster. */
export interface LabConnection {
  /** The certificate that it shows; none when left out. */
  readonly tls?: TlsKeyPair;
  /** `host:port` of a proxy by which it goes to the Auth; straight to the Auth when left out. */
  readonly proxyAddr?: string;
}

/** A way to a cluster's services for clients of one's own choice. */
export function labTransport(cluster: LabCluster, connection: LabConnection = {}) {
  const address = connection.proxyAddr ?? cluster.addresses.auth;
  const [host, port] = address.split(":");
  const protocols = connection.proxyAddr === undefined ? ["h2"] : [authProtocol(cluster.name), "h2"];
  const { activeKeys } = cluster.authorities.public("host").spec ?? {};
  const createConnection = () =>
    tls.connect({
      host: host as string,
      port: Number(port),
      servername: "teleport.cluster.local",
      ALPNProtocols: protocols,
      ca: (activeKeys?.tls ?? []).map(({ cert }) => Buffer.from(cert)),
      ...(connection.tls && { cert: connection.tls.certificate, key: connection.tls.privateKey }),
    });
  const baseUrl = `https://${address}`;
  const sessionManager = new Http2SessionManager(baseUrl, {}, { createConnection });
  return {
    transport: createGrpcTransport({ baseUrl, sessionManager }),
    close: () => sessionManager.abort(),
    [Symbol.asyncDispose]: async () => sessionManager.abort(),
  };
}

/** Calls a cluster of a lab as another program than the provider would. */
export function labClients(cluster: LabCluster, connection: LabConnection = {}): LabClients {
  const { transport, close } = labTransport(cluster, connection);
  return {
    auth: createClient(AuthService, transport),
    presence: createClient(PresenceService, transport),
    trust: createClient(TrustService, transport),
    users: createClient(UsersService, transport),
    close,
  };
}

/** Lets a leaf join a root, as a bot would by the API of both; resolves when the root sees the leaf online. */
export async function joinLab(root: LabCluster, leaf: LabCluster, token: string): Promise<void> {
  const clients = [root, leaf].map((cluster) => labClients(cluster, { tls: botOf(cluster) }));
  const [onRoot, onLeaf] = clients as [LabClients, LabClients];
  try {
    const provisionToken = {
      kind: "token",
      version: "v2",
      metadata: { name: token },
      spec: { roles: ["Trusted_cluster"] },
    };
    await onRoot.auth.createTokenV2({ token: { case: "v2", value: provisionToken } });
    await onLeaf.trust.upsertTrustedCluster({ trustedCluster: trustedCluster(root, token) });
    await root.online(leaf.name, AbortSignal.timeout(10_000));
  } finally {
    for (const client of clients) client.close();
  }
}

/** What a leaf is told to join that root. */
export function trustedCluster(root: LabCluster, token: string) {
  return {
    kind: "trusted_cluster",
    version: "v2",
    metadata: { name: root.name },
    spec: {
      enabled: true,
      token,
      webProxyAddr: root.addresses.proxy,
      tunnelAddr: root.addresses.proxy,
      roleMap: [{ remote: "access", local: ["access"] }],
    },
  };
}

/** Certificate and key of the bot that every cluster of a lab has. */
export function botOf(cluster: LabCluster): TlsKeyPair {
  return identityOf(cluster, "bot").tls;
}

/** Credentials of one of the users that every cluster of a lab has. */
export function identityOf(cluster: LabCluster, user: "bot" | "admin" | "alice") {
  const found = cluster.identities[user];
  if (found === undefined) throw new Error(`${cluster.name} has no identity ${user}`);
  return found;
}
