import type { AuditLog, ClusterDump, TokenLedger } from "./auth";
import { dumpCluster } from "./auth";
import type { CertificateAuthorities, Suite, UserCredentials } from "./ca";
import type { ClusterParts } from "./cluster-parts";
import type { Link, LinkName } from "./faults";
import { loginTerms, loginTtlMs } from "./login";
import type { LabNode } from "./node";
import { presetUsers } from "./seed";
import type { ClusterStorage, StoredKind, StoredKinds } from "./storage";

/** `host:port` of what a cluster offers. */
export interface ClusterAddresses {
  /** The Auth service itself. */
  readonly auth: string;
  /** The proxy's one port: web, Auth and tunnels by ALPN. */
  readonly proxy: string;
  /** The proxy's plain port for reverse tunnels. */
  readonly tunnel: string;
  /** The proxy's port for SSH clients. */
  readonly ssh: string;
}

/** An SSH node of a cluster. */
export type ClusterNode = Omit<LabNode, "close">;

/** How long the identities that a lab is made with are valid: long enough for a lab that stands for days. */
const presetTtlMs = 7 * 24 * 3_600_000;

/** One cluster of a lab, as a program sees it that uses the lab: what it may look at, and do to it. */
export class LabCluster {
  private constructor(
    private readonly parts: ClusterParts,
    /** Credentials of the users that every cluster has, by name: `bot`, `admin`, `alice`. */
    readonly identities: Readonly<Record<string, UserCredentials>>,
  ) {}

  /** Takes a cluster that listens, and logs its preset users in. */
  static async from(parts: ClusterParts): Promise<LabCluster> {
    const { authorities, context } = parts;
    const logins = presetUsers.map(async ({ name }) => {
      const { identity } = loginTerms(context.storage, name);
      return [name, await authorities.issueUser(identity, presetTtlMs)] as const;
    });
    return new LabCluster(parts, Object.fromEntries(await Promise.all(logins)));
  }

  /** Cluster name, such as `root.lab`. */
  get name(): string {
    return this.parts.context.clusterName;
  }

  /** UUID of the host that runs the cluster's Auth and proxy. */
  get hostId(): string {
    return this.parts.hostId;
  }

  /** Version text that the cluster announces. */
  get version(): string {
    return this.parts.context.announcedVersion;
  }

  get suite(): Suite {
    return this.parts.context.suite;
  }

  get addresses(): ClusterAddresses {
    const { auth, proxy, ssh } = this.parts;
    return { auth: auth.address, proxy: proxy.webAddr, tunnel: proxy.tunnelAddr, ssh: ssh.proxy.address };
  }

  /** The cluster's SSH nodes. */
  get nodes(): readonly ClusterNode[] {
    return this.parts.ssh.nodes;
  }

  /** Certificate, PEM, by which the proxy's web address is checked. */
  get proxyCa(): string {
    return this.parts.webAuthority.certificate;
  }

  /** `sha256:<hex>` of the host authority's key. */
  get caPins(): readonly string[] {
    return this.parts.authorities.pins;
  }

  /** Signs what the cluster certifies: for tests that need certificates of their own. */
  get authorities(): CertificateAuthorities {
    return this.parts.authorities;
  }

  /** PEM certificates that the cluster's host trusts on the web, as if from its system store; to be changed at will. */
  get webRoots(): string[] {
    return this.parts.webRoots;
  }

  /** The cluster's objects. Writing here goes past the API: no check, no audit event. */
  get storage(): ClusterStorage {
    return this.parts.context.storage;
  }

  /** Audit events and the lab's own about tunnels and leaves: `await leaf.events.next("trusted_cluster.create")`. */
  get events(): AuditLog {
    return this.parts.context.audit;
  }

  /** Every token that was ever made here, in clear; for tests that look for leaks. */
  get tokens(): TokenLedger {
    return this.parts.context.tokens;
  }

  /** A link and its faults. On a leaf, `tunnel` is its way to its roots; on a root, the way of all its leaves to it. */
  link(name: LinkName): Link {
    return this.parts.links[name];
  }

  /**
   * Fresh credentials of a user, as `tsh login` gives them: with the roles and traits that the user has now.
   *
   * @throws TraceError not_found when there is no such user
   */
  async login(user: string, ttlMs = loginTtlMs): Promise<UserCredentials> {
    const { identity, maxTtlMs } = loginTerms(this.storage, user);
    return this.authorities.issueUser(identity, Math.min(ttlMs, maxTtlMs));
  }

  /** Resolves when this leaf has a tunnel to that root. Rejects when the tunnel is removed, or the lab disposed of. */
  connected(rootName: string): Promise<void> {
    return this.parts.tunnels.agents.connected(rootName);
  }

  /**
   * Resolves with an object as soon as it is stored and `holds` says yes, at once when it already is so.
   *
   * @param holds is given `undefined` while there is no such object; wait for an absence by answering yes to that
   */
  stored<Kind extends StoredKind>(
    kind: Kind,
    key: string,
    holds: (object: StoredKinds[Kind] | undefined) => boolean,
    signal?: AbortSignal,
  ): Promise<StoredKinds[Kind] | undefined> {
    const { storage } = this;
    return new Promise((resolve, reject) => {
      const look = () => {
        const object = storage.get(kind, key);
        if (!holds(object)) return;
        end();
        resolve(object);
      };
      const abort = () => {
        end();
        reject(signal?.reason);
      };
      const stop = storage.onChange((event) => event.kind === kind && event.key === key && look());
      const end = () => {
        stop();
        signal?.removeEventListener("abort", abort);
      };
      if (signal?.aborted) abort();
      else {
        signal?.addEventListener("abort", abort, { once: true });
        look();
      }
    });
  }

  /** Resolves when this root sees that leaf online: its status is computed each `statusRefreshMs`. */
  async online(leafName: string, signal?: AbortSignal): Promise<void> {
    await this.stored("remote_cluster", leafName, (leaf) => leaf?.status?.connection === "online", signal);
  }

  /** Resolves when this root sees that leaf offline, or no longer knows it. */
  async offline(leafName: string, signal?: AbortSignal): Promise<void> {
    await this.stored("remote_cluster", leafName, (leaf) => leaf?.status?.connection !== "online", signal);
  }

  /** Every object in Teleport's own JSON form, tokens by hash. */
  dump(): ClusterDump {
    return dumpCluster(this.storage);
  }

  /** Ends everything; resolves when no connection or timer is left. Idempotent. */
  close(): Promise<void> {
    return this.parts.close();
  }
}
