import assert from "node:assert/strict";

import {
  CertAuthorityV2,
  type Cluster,
  type ProvisionTokenV2,
  RemoteClusterV3,
  RoleV6,
  type TrustedClusterV2,
  type UserV2,
} from "../../../provider/cluster";
import { type LabelConditions, Problem, seesEveryRemoteCluster, seesRemoteCluster } from "../../../trust";

/** A call that has had its effect, and whose answer never comes: the process is killed. */
export class Killed extends Error {}

/**
 * A cluster in memory, behind the provider's own interface: for what real clusters cannot be made to do at will (fail
 * at call n, show another leaf, forget an answer). What clusters really do is tested against the lab.
 */
export class FakeCluster {
  readonly trustedClusters = new Map<string, TrustedClusterV2>();
  readonly remoteClusters = new Map<string, RemoteClusterV3>();
  readonly tokens = new Map<string, ProvisionTokenV2>();
  readonly hostAuthorities = new Map<string, CertAuthorityV2>();
  readonly roles = new Set(["visitor", "access"]);
  readonly users = new Map<string, UserV2>();
  /** By which tokens expire; epoch milliseconds. */
  now: () => number = () => 0;
  /** Every token that there ever was. */
  readonly issued: string[] = [];
  identityRoles: LabelConditions[] = [{ allow: { "*": ["*"] }, deny: {} }];
  version = "17.7.0";
  isCloud = false;
  /** Called before every call takes effect, such as to fail. */
  before: (call: string) => void = () => {};
  /** Called after every call took effect, such as to lose the answer. */
  after: (call: string) => void = () => {};
  readonly calls: string[];
  #revision = 0;

  constructor(
    readonly name: string,
    readonly key: string,
    calls: string[],
    /** Where a token leads. */
    readonly rootOf: () => FakeCluster = () => assert.fail("not a leaf"),
  ) {
    this.calls = calls;
    this.hostAuthorities.set(name, hostAuthority(name, "1"));
  }

  /** A leaf of that name and key joined, without a handshake. */
  register(leaf: string, hostKey: string, labels: Record<string, string> = {}): void {
    this.hostAuthorities.set(leaf, hostAuthority(leaf, hostKey));
    const status = { connection: "offline" };
    this.remoteClusters.set(leaf, RemoteClusterV3.fromPartial({ metadata: { name: leaf, labels }, status }));
  }

  get title(): string {
    return `cluster "${this.key}" (${this.name}:443)`;
  }

  async #call<T>(call: string, effect: () => T): Promise<T> {
    this.calls.push(`${this.key}: ${call}`);
    this.before(call);
    const answer = effect();
    this.after(call);
    return answer;
  }

  #nextRevision(): string {
    this.#revision++;
    return `r${this.#revision}`;
  }

  #upsertTrustedCluster(message: TrustedClusterV2): TrustedClusterV2 {
    const root = this.rootOf();
    const stored = this.trustedClusters.get(root.name);
    if (stored === undefined) this.#shakeHands(message, root);
    else if (stored.spec?.token !== message.spec?.token)
      throw refused("can not update token for existing leaf cluster");
    const revision = this.#nextRevision();
    const written = { ...message, metadata: { ...message.metadata, revision } } as TrustedClusterV2;
    this.trustedClusters.set(root.name, written);
    return written;
  }

  #shakeHands(message: TrustedClusterV2, root: FakeCluster): void {
    if (!root.tokens.has(message.spec?.token ?? "")) {
      throw refused("access denied: the cluster token has been rejected");
    }
    if (root.remoteClusters.has(this.name)) throw refused(`remote cluster ${this.name} is already registered`);
    root.register(this.name, "1");
  }

  #updateTrustedCluster(message: TrustedClusterV2): TrustedClusterV2 {
    const stored = this.trustedClusters.get(message.metadata?.name ?? "");
    if (stored?.metadata?.revision !== message.metadata?.revision) {
      throw new Problem("API_CONFLICT", "it has been modified", [], "Apply again.");
    }
    return this.#upsertTrustedCluster(message);
  }

  /** A change past the API, as of somebody else's, who gets a revision of their own. */
  putUser(message: UserV2): UserV2 {
    const stored = { ...message, metadata: { ...message.metadata, revision: this.#nextRevision() } } as UserV2;
    this.users.set(message.metadata?.name ?? "", stored);
    return stored;
  }

  #updateUser(message: UserV2): UserV2 {
    const stored = this.users.get(message.metadata?.name ?? "");
    if (stored?.metadata?.revision !== message.metadata?.revision) {
      throw new Problem("API_CONFLICT", "it has been modified", [], "Apply again.");
    }
    return this.putUser(message);
  }

  #liveTokens(): ProvisionTokenV2[] {
    return [...this.tokens.values()].filter(({ metadata }) => {
      const { expires } = metadata ?? {};
      return expires === undefined || Number(expires.seconds) * 1000 + expires.nanos / 1e6 > this.now();
    });
  }

  #putToken(message: ProvisionTokenV2): undefined {
    const name = message.metadata?.name ?? "";
    this.issued.push(name);
    this.tokens.set(name, message);
    return undefined;
  }

  /** What the provider sees. */
  asCluster(): Cluster {
    const unused = () => assert.fail("not used by a trust");
    return {
      key: this.key,
      addr: `${this.name}:443`,
      title: this.title,
      ping: () =>
        this.#call("ping", () => ({
          clusterName: this.name,
          serverVersion: this.version,
          proxyPublicAddr: `${this.name}:443`,
          isCloud: this.isCloud,
        })),
      webPing: () =>
        this.#call("web ping", () => ({
          addr: `${this.name}:443`,
          clusterName: this.name,
          serverVersion: this.version,
          edition: "community",
          webProxyAddr: `${this.name}:443`,
          tunnelAddr: `${this.name}:3024`,
          sshProxyAddr: `${this.name}:3023`,
          tlsRouting: false,
        })),
      trustedClusters: {
        get: (name) => this.#call("get trusted cluster", () => this.trustedClusters.get(name)),
        list: unused,
        create: unused,
        update: (message) => this.#call("update trusted cluster", () => this.#updateTrustedCluster(message)),
        upsert: (message) => this.#call("upsert trusted cluster", () => this.#upsertTrustedCluster(message)),
        delete: (name) => this.#call("delete trusted cluster", () => void this.trustedClusters.delete(name)),
      },
      remoteClusters: {
        get: (name) =>
          this.#call("get remote cluster", () => {
            const found = this.remoteClusters.get(name);
            return found && seesRemoteCluster(this.identityRoles, found.metadata?.labels ?? {}) ? found : undefined;
          }),
        list: unused,
        update: (message) =>
          this.#call("update remote cluster", () => {
            this.remoteClusters.set(message.metadata?.name ?? "", message);
            return message;
          }),
        delete: (name) =>
          this.#call("delete remote cluster", () => {
            this.remoteClusters.delete(name);
            this.hostAuthorities.delete(name);
          }),
      },
      roles: {
        get: (name) => this.#call("get role", () => (this.roles.has(name) ? RoleV6.fromPartial({}) : undefined)),
        list: unused,
        create: unused,
        update: unused,
        delete: unused,
      },
      tokens: {
        get: unused,
        list: () => this.#call("list tokens", () => this.#liveTokens()),
        create: (message) => this.#call("create token", () => this.#putToken(message)),
        update: unused,
        upsert: (message) => this.#call("upsert token", () => this.#putToken(message)),
        delete: (name) => this.#call("delete token", () => void this.tokens.delete(name)),
      },
      users: {
        get: (name) => this.#call("get user", () => this.users.get(name)),
        update: (message) => this.#call("update user", () => this.#updateUser(message)),
      },
      certAuthorities: {
        get: ({ domain }) => this.#call("get host authority", () => this.hostAuthorities.get(domain)),
        list: unused,
      },
      nodes: { list: unused },
      throughTrust: unused,
      currentRoles: async () => this.identityRoles.map(() => RoleV6.fromPartial({ metadata: { name: "terraform" } })),
      seesEveryRemoteCluster: async () => seesEveryRemoteCluster(this.identityRoles),
      canSeeLabels: async (labels) => seesRemoteCluster(this.identityRoles, labels),
    };
  }
}

function refused(text: string): Problem {
  return new Problem("API_ACCESS_DENIED", `the cluster refused: ${text}`, [], "Ask an administrator.");
}

function hostAuthority(domain: string, key: string): CertAuthorityV2 {
  const ssh = [{ public_key: Buffer.from(`ssh-ed25519 ${domain}-${key} host@${domain}`) }];
  return CertAuthorityV2.fromPartial({ spec: { type: "host", cluster_name: domain, active_keys: { ssh } } });
}
