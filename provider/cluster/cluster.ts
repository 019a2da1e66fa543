import type {
  CertAuthorityV2,
  ProvisionTokenV2,
  RemoteClusterV3,
  RoleV6,
  ServerV2,
  TrustedClusterV2,
  UserV2,
} from "./messages";
import type { ListingClient } from "./object-client";
import type { WebInfo } from "./web-ping";

/** What a cluster's Auth says of itself (`Ping`). */
export interface ClusterInfo {
  readonly clusterName: string;
  /** Such as `17.7.0`. */
  readonly serverVersion: string;
  /** `host:port` of the proxy as the cluster publishes it; empty when it has none. */
  readonly proxyPublicAddr: string;
  /** A tenant of Teleport Cloud: it can never be a leaf. */
  readonly isCloud: boolean;
}

/** The trusted clusters of a leaf. `create` and `update` use trust.v1 where the server has it, the legacy upsert otherwise. */
export interface TrustedClusters extends ListingClient<TrustedClusterV2> {
  /**
   * Creates or updates in one call, whatever is there; the one call that every version has.
   * The answer is the stored object (its name is the root's, whatever was sent to an old server).
   */
  upsert(message: TrustedClusterV2, signal: AbortSignal): Promise<TrustedClusterV2>;
}

/** The remote clusters of a root: what joined it. They are made by joining only. */
export interface RemoteClusters {
  /** `undefined` means gone *or* hidden by labels; {@link Cluster.seesEveryRemoteCluster} tells which. */
  get(name: string, signal: AbortSignal): Promise<RemoteClusterV3 | undefined>;
  /** Those that the identity may see, whatever their number. */
  list(signal: AbortSignal): Promise<RemoteClusterV3[]>;
  /** Replaces labels and description by the message's; status and expiry stay as they are. */
  update(message: RemoteClusterV3, signal: AbortSignal): Promise<RemoteClusterV3 | undefined>;
  /** Resolves when it is gone, whoever removed it. */
  delete(name: string, signal: AbortSignal): Promise<void>;
}

/** The roles of a cluster. */
export interface Roles extends ListingClient<RoleV6> {}

/** The join tokens of a cluster. A token's id is its secret: no error text holds it in clear. */
export interface Tokens extends ListingClient<ProvisionTokenV2> {
  /** Creates or overwrites. */
  upsert(message: ProvisionTokenV2, signal: AbortSignal): Promise<void>;
}

/** The users of a cluster, for those who change what somebody else owns: no create, no delete. */
export interface Users {
  /** Without the user's secrets. */
  get(name: string, signal: AbortSignal): Promise<UserV2 | undefined>;
  /**
   * Replaces roles, traits and metadata. The message's revision is the condition from Teleport 15 on; before, the last
   * writer wins.
   *
   * @throws Problem API_CONFLICT when the revision has moved, API_NOT_FOUND for an unknown user or role
   */
  update(message: UserV2, signal: AbortSignal): Promise<UserV2 | undefined>;
}

/** An SSH node as a list shows it. */
export interface ListedNode {
  readonly node: ServerV2;
  /** Logins that the identity may use on it; undefined where the cluster does not say (older ones). */
  readonly logins: readonly string[] | undefined;
}

/** The SSH nodes of a cluster. */
export interface Nodes {
  /**
   * Those that the identity may see.
   *
   * @param labels that a node must have
   */
  list(labels: Readonly<Record<string, string>>, signal: AbortSignal): Promise<ListedNode[]>;
}

/**
 * A leaf as the identity of its root reaches it, by the root's proxy and through the reverse tunnel: the leaf maps the identity's roles.
 *
 * Every call rejects with TRUST_NOT_ONLINE or TRUST_NOT_VISIBLE where the root has no way to the leaf, with API_ACCESS_DENIED where the leaf maps
 * none of the roles.
 */
export interface LeafThroughRoot {
  /** Whom the leaf sees, such as `remote-bot-root.example.com`. */
  currentUser(signal: AbortSignal): Promise<UserV2>;
  /** The roles of the leaf that the identity's roles are mapped to. */
  currentRoles(signal: AbortSignal): Promise<RoleV6[]>;
  readonly nodes: Nodes;
}

/** Which authority; `domain` is the name of the cluster it belongs to. */
export interface CertAuthorityId {
  /** Such as `host` or `user`. */
  readonly type: string;
  readonly domain: string;
}

/** Certificate authorities, always without their private keys. */
export interface CertAuthorities {
  get(id: CertAuthorityId, signal: AbortSignal): Promise<CertAuthorityV2 | undefined>;
  list(type: string, signal: AbortSignal): Promise<CertAuthorityV2[]>;
}

/** One cluster, as one identity sees it. Nothing is dialled before the first call; all calls share one connection. */
export interface Cluster {
  /** Its key in `clusters`; `undefined` for the default connection. */
  readonly key: string | undefined;
  /** `host:port` as configured. */
  readonly addr: string;
  /** For messages: `cluster "leaf" (leaf.example.com:443)`, or `the default cluster (…)`. */
  readonly title: string;

  /** Who the cluster is; asked once a process. */
  ping(signal: AbortSignal): Promise<ClusterInfo>;
  /** What its web proxy says of it: of `addr`, or of the public proxy address where `addr` is an Auth server; asked once a process. */
  webPing(signal: AbortSignal): Promise<WebInfo>;

  readonly trustedClusters: TrustedClusters;
  readonly remoteClusters: RemoteClusters;
  readonly roles: Roles;
  readonly tokens: Tokens;
  readonly users: Users;
  readonly nodes: Nodes;
  readonly certAuthorities: CertAuthorities;

  /** A leaf of this root, by its real name, as this identity reaches it through the trust. Nothing is dialled before the first call. */
  throughTrust(leaf: string): LeafThroughRoot;

  /** The roles that the identity of this connection acts with. */
  currentRoles(signal: AbortSignal): Promise<RoleV6[]>;
  /**
   * Whether no label could hide a remote cluster from this identity: some role allows `cluster_labels: {'*': '*'}` and
   * none denies any. Only then does "not found" mean "gone". `false` also when it cannot be known.
   */
  seesEveryRemoteCluster(signal: AbortSignal): Promise<boolean>;
  /** Whether this identity would see a remote cluster that carries these labels. */
  canSeeLabels(labels: Readonly<Record<string, string>>, signal: AbortSignal): Promise<boolean>;
}
