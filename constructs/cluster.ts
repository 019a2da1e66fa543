import { Token } from "cdktf";
import { Construct } from "constructs";

import { parseAddress } from "../trust";
import { iacRights, type Side } from "./iac-role";
import type { Identity } from "./identity";
import { Role, type RoleProps } from "./role";
import { type Connection, SharedProvider } from "./shared-provider";
import { User } from "./user";

/** How to reach a cluster that exists. */
export interface ClusterProps {
  /** `host:port` of the cluster's Proxy Service, or of its Auth Service. */
  readonly addr: string;
  /** Who applies on this cluster. */
  readonly identity: Identity;
  /**
   * The name of this connection in the provider block. It is not the cluster's name and may change without any effect on what
   * exists.
   *
   * @default the construct's id
   */
  readonly connectionName?: string;
  /**
   * Whether the proxy's web certificate goes unchecked. Only for a lab.
   *
   * @default false
   */
  readonly insecure?: boolean;
}

const clusterSymbol = Symbol.for("teleport-trust/Cluster");

/** A Teleport cluster that exists, and through which resources are made. Not a Terraform object by itself. */
export abstract class Cluster extends Construct {
  /** The name of this cluster's connection in the provider block. */
  readonly connectionName: string;
  /** `host:port` as given. */
  readonly addr: string;
  /** What this cluster is in a trust. */
  protected abstract readonly side: Side;
  private readonly connection: Connection;

  /** Whether `x` is a cluster, also one of another copy of this library. */
  static isCluster(x: unknown): x is Cluster {
    return typeof x === "object" && x !== null && clusterSymbol in x;
  }

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    Object.defineProperty(this, clusterSymbol, { value: true });
    if (!Token.isUnresolved(props.addr)) parseAddress(props.addr);
    this.addr = props.addr;
    this.connectionName = props.connectionName ?? id;
    this.connection = {
      addr: props.addr,
      ...props.identity.connectionArguments,
      ...(props.insecure === undefined ? {} : { insecure: props.insecure }),
    };
  }

  /**
   * The provider and the `cluster` argument for a resource of this cluster. The stack's provider block learns the connection by this
   * call, so a stack holds the connections that it uses and no others.
   *
   * @param scope the resource, or anything in its stack
   * @throws Error when another cluster has the same connection name in that stack
   */
  connect(scope: Construct): { readonly provider: SharedProvider["provider"]; readonly cluster: string } {
    const shared = SharedProvider.of(scope);
    shared.add(this.connectionName, this.connection, this.node.path);
    return { provider: shared.provider, cluster: this.connectionName };
  }

  /**
   * Makes a role on this cluster.
   *
   * @param id the construct's id, and the role's name unless `roleName` says another
   */
  addRole(id: string, props: RoleProps): Role {
    return new Role(this, id, { ...props, cluster: this });
  }

  /**
   * Makes the role of the identity that applies this library's constructs on this cluster: what they need here, and no more. An
   * administrator applies it once, before the identity is there.
   *
   * @param id the construct's id, and the role's name
   */
  addIacRole(id: string): Role {
    return this.addRole(id, { description: "Applies trust between clusters", ...iacRights(this.side) });
  }

  /** A local user of this cluster, who exists: `root.user("myuser").grant({ logins: ["visitor"] })`. */
  user(userName: string): User {
    const id = `User-${userName}`;
    return (this.node.tryFindChild(id) as User | undefined) ?? new User(this, id, { cluster: this, userName });
  }

  /** The names by which a hand-written resource may mean this cluster: its connection's, and the host that it is reached at. */
  get likelyNames(): readonly string[] {
    const host = Token.isUnresolved(this.addr) ? [] : [parseAddress(this.addr).host];
    return [this.connectionName, ...host];
  }
}
