import { createPrivateKey, randomBytes, randomUUID, X509Certificate } from "node:crypto";
import { createSecureServer } from "node:http2";
import type { TLSSocket } from "node:tls";
import { create } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";

import type { AuthContext, ProxyAnswer } from "../../lab/auth";
import {
  AuditLog,
  CallLog,
  createAuthHandler,
  httpError,
  TokenLedger,
  TunnelConnections,
  validateTrustedClusterText,
} from "../../lab/auth";
import type { CertificateAuthorities, TlsKeyPair } from "../../lab/ca";
import { authorityTypes, createAuthorities } from "../../lab/ca";
import { AuthService } from "../../lab/gen/teleport/auth/auth_service_pb";
import { PresenceService } from "../../lab/gen/teleport/presence/v1/presence_service_pb";
import { TrustService } from "../../lab/gen/teleport/trust/v1/trust_service_pb";
import type { RoleV6 } from "../../lab/gen/teleport/types/role_pb";
import { RoleV6Schema } from "../../lab/gen/teleport/types/role_pb";
import { UserV2Schema } from "../../lab/gen/teleport/types/user_pb";
import { UsersService } from "../../lab/gen/teleport/users/v1/users_service_pb";
import { Listener } from "../../lab/listener";
import { ClusterStorage } from "../../lab/storage";
import { accessDenied, isTrace } from "../../lab/trace-error";
import type { VersionRules } from "../../lab/versions";
import { versionRules } from "../../lab/versions";

/** What a cluster of a test is like. */
export interface AuthOptions {
  readonly rules?: Partial<VersionRules>;
  readonly announcedVersion?: string;
  /** The clusters whose proxies this one reaches, by the address of their proxy. */
  readonly roots?: Readonly<Record<string, LabAuth>>;
}

/** Who connects: with which certificate, under which server name. */
export interface Connection {
  readonly credentials?: TlsKeyPair;
  readonly serverName?: string;
  /** Whether the server's certificate is checked. OpenSSL sends issuers along that it finds among the trusted ones: not for services. */
  readonly unchecked?: boolean;
  /** Metadata that goes with each call. */
  readonly version?: string;
}

/** Clients of all services over one connection. */
export interface AuthClients {
  readonly auth: Client<typeof AuthService>;
  readonly presence: Client<typeof PresenceService>;
  readonly trust: Client<typeof TrustService>;
  readonly users: Client<typeof UsersService>;
}

/** The Auth service of one cluster on a real TLS port, without proxy and tunnel. */
export class LabAuth {
  readonly #sessions: Http2SessionManager[] = [];
  /** Milliseconds by which the cluster's clock is ahead. */
  aheadMs = 0;

  private constructor(
    readonly context: AuthContext,
    readonly authorities: CertificateAuthorities,
    private readonly listener: Listener,
  ) {}

  static async start(clusterName: string, options: AuthOptions = {}): Promise<LabAuth> {
    const sources = { realNow: Date.now, randomBytes };
    const authorities = await createAuthorities({ clusterName, proxyHost: "127.0.0.1" }, "balanced-v1", sources);
    let self: LabAuth | undefined;
    const now = () => Date.now() + (self?.aheadMs ?? 0);
    const storage = new ClusterStorage({ now, newRevision: randomUUID });
    for (const type of authorityTypes) storage.create("cert_authority", authorities.public(type));
    const context: AuthContext = {
      clusterName,
      clusterId: randomUUID(),
      announcedVersion: options.announcedVersion ?? "17.7.0",
      rules: { ...versionRules("17"), ...options.rules },
      suite: "balanced-v1",
      storage,
      now,
      realNow: Date.now,
      audit: new AuditLog(),
      calls: new CallLog(),
      tunnels: new TunnelConnections(),
      tokens: new TokenLedger(),
      proxyPublicAddr: () => "127.0.0.1:3080",
      proxyClient: { post: async (address, _path, body) => postInProcess(options.roots?.[address], address, body) },
    };
    self = new LabAuth(context, authorities, await listen(context, authorities));
    return self;
  }

  /** `host:port` of the Auth port. */
  get address(): string {
    return this.listener.address;
  }

  /** Certificate and key of a user with these roles. */
  async login(user: string, roles: readonly string[], logins: readonly string[] = []): Promise<TlsKeyPair> {
    return (await this.authorities.issueUser({ user, roles, logins, traits: {} }, 3_600_000)).tls;
  }

  /** Stores a role that may do everything, and answers clients of a user who has it. */
  async admin(user = "admin"): Promise<AuthClients> {
    this.addRole("everything", { allow: { rules: [{ resources: ["*"], verbs: ["*"] }], clusterLabels: anyLabels } });
    return this.connect({ credentials: await this.login(user, ["everything"]) });
  }

  /** Stores a role as it stands. */
  addRole(name: string, spec: NonNullable<Parameters<typeof create<typeof RoleV6Schema>>[1]>["spec"] = {}): RoleV6 {
    const role = { kind: "role", version: "v7", metadata: { name }, ...(spec !== undefined && { spec }) };
    return this.context.storage.upsert("role", create(RoleV6Schema, role));
  }

  /** Stores a user as it stands. */
  addUser(name: string, roles: readonly string[]): void {
    const user = { kind: "user", version: "v2", metadata: { name }, spec: { roles: [...roles] } };
    this.context.storage.upsert("user", create(UserV2Schema, user));
  }

  /** Clients of all services; the connection is made by the first call. */
  connect({
    credentials,
    serverName = "teleport.cluster.local",
    unchecked = false,
    version,
  }: Connection = {}): AuthClients {
    const baseUrl = `https://${this.address}`;
    const tls = {
      ...(unchecked ? { rejectUnauthorized: false } : { ca: this.hostCertificate }),
      servername: serverName,
      ...(credentials && { cert: credentials.certificate, key: credentials.privateKey }),
    };
    const sessionManager = new Http2SessionManager(baseUrl, {}, tls);
    this.#sessions.push(sessionManager);
    const transport = createGrpcTransport({
      baseUrl,
      sessionManager,
      interceptors: [
        (next) => (request) => {
          if (version !== undefined) request.header.set("version", version);
          return next(request);
        },
      ],
    });
    return {
      auth: createClient(AuthService, transport),
      presence: createClient(PresenceService, transport),
      trust: createClient(TrustService, transport),
      users: createClient(UsersService, transport),
    };
  }

  /** Certificate of the host authority, PEM. */
  get hostCertificate(): string {
    const [pair] = this.authorities.public("host").spec?.activeKeys?.tls ?? [];
    return new X509Certificate(Buffer.from(pair?.cert ?? [])).toString();
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) session.abort();
    this.context.calls.dispose();
    await this.listener.close();
  }
}

/** A selector that fits every object. */
export const anyLabels = { values: { "*": { values: ["*"] } } };

/** Why not by TLS: the proxy's web side has tests of its own; what is said between the two Auth services is what counts here. */
function postInProcess(root: LabAuth | undefined, address: string, body: string): ProxyAnswer {
  if (root === undefined) throw new Error(`connect ECONNREFUSED ${address}`);
  try {
    return { status: 200, body: validateTrustedClusterText(root.context, body) };
  } catch (error) {
    const denied = accessDenied("access denied: the cluster token has been rejected");
    return httpError(isTrace(error, "access_denied") ? denied : error);
  }
}

async function listen(context: AuthContext, authorities: CertificateAuthorities): Promise<Listener> {
  const host = await authorities.issueHost({ role: "Auth", hostId: randomUUID(), names: ["127.0.0.1"] });
  const handler = createAuthHandler(context);
  const server = createSecureServer({
    cert: host.tls.certificate,
    key: createPrivateKey(host.tls.privateKey).export({ type: "pkcs8", format: "pem" }),
    allowHTTP1: true,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.prependListener("secureConnection", (socket: TLSSocket) => {
    try {
      handler.accept(socket);
    } catch {
      socket.destroy();
    }
  });
  server.on("request", handler.handle);
  server.on("sessionError", () => {});
  return Listener.open(server as never);
}
