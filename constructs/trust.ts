import { Fn, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";

import { parseDuration } from "../trust";
import { AccessCheck, type AccessCheckProps } from "./access-check";
import { type RemoteCluster, Trust as TrustResource } from "./generated";
import type { LeafCluster } from "./leaf-cluster";
import { isTrustedCluster, resourceType, rivalPaths } from "./rivals";
import type { RoleMap } from "./role-map";
import type { RootCluster } from "./root-cluster";
import { literal, literalMap } from "./text";

/** What an apply waits for after a leaf has joined. */
export type WaitFor = "online" | "registered" | "none";

/** The trust of a leaf in a root. */
export interface TrustProps {
  readonly root: RootCluster;
  readonly leaf: LeafCluster;
  /** Which leaf roles the root's users get. */
  readonly roleMap: RoleMap;
  /**
   * Whether users of the root get in and the tunnel stands.
   *
   * @default true
   */
  readonly enabled?: boolean;
  /**
   * Labels of the leaf on the root. Only roles whose cluster labels match see a labelled leaf. Keys that others set are left alone.
   *
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * How long the invitation token lives, as a Go duration. It is used for seconds and then removed; this is the backstop.
   *
   * @default "5m"
   */
  readonly tokenTtl?: string;
  /** @default "online" */
  readonly waitFor?: WaitFor;
  /**
   * `host:port` of the root's Proxy Service, as the leaf reaches it.
   *
   * @default asked of the root
   */
  readonly webProxyAddr?: string;
  /**
   * `host:port` of the root's reverse tunnel, as the leaf reaches it.
   *
   * @default asked of the root
   */
  readonly tunnelAddr?: string;
}

/**
 * A leaf trusts a root: the whole relationship in one resource, on both clusters, with an invitation token that lives for
 * the seconds of the handshake and is stored nowhere.
 */
export class Trust extends Construct {
  /** The labels of the leaf on the root, for the roles that are to see it. */
  readonly labels: Readonly<Record<string, string>>;
  /** The generated resource below, for what this construct does not offer. */
  readonly resource: TrustResource;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TrustProps,
  ) {
    super(scope, id);
    const { root, leaf } = props;
    this.labels = { ...props.labels };
    if (props.tokenTtl !== undefined && !Token.isUnresolved(props.tokenTtl)) parseDuration(props.tokenTtl);
    leaf.connect(this);
    this.resource = new TrustResource(this, "Resource", {
      provider: root.connect(this).provider,
      root: root.connectionName,
      leaf: leaf.connectionName,
      roleMap: props.roleMap.toRows(),
      ...(props.labels === undefined ? {} : { labels: literalMap(props.labels) }),
      ...(props.enabled === undefined ? {} : { enabled: props.enabled }),
      ...(props.tokenTtl === undefined ? {} : { tokenTtl: props.tokenTtl }),
      ...(props.waitFor === undefined ? {} : { waitFor: props.waitFor }),
      ...(props.webProxyAddr === undefined ? {} : { webProxyAddr: literal(props.webProxyAddr) }),
      ...(props.tunnelAddr === undefined ? {} : { tunnelAddr: literal(props.tunnelAddr) }),
    });
    this.node.addValidation({ validate: () => this.rivalFaults() });
  }

  /**
   * Checks after each apply that users of the root reach a node of the leaf; what is not so is a warning.
   *
   * @throws Error when the role map names no role without a pattern and no roles are given
   */
  verifyAccess(props: AccessCheckProps): AccessCheck {
    const { leaf, roleMap } = this.props;
    const rootName = Fn.element(Fn.split("/", this.resource.id), 0) as string;
    const id = `Access-${props.login}-${props.node}`;
    return new AccessCheck(this, id, { ...props, leaf, rootName, roleMap, resource: this.resource });
  }

  private rivalFaults(): string[] {
    const { root, leaf } = this.props;
    return rivalPaths(this.resource, (node) => isRival(node, root, leaf)).map(
      (path) =>
        `${path} manages a part of the trust between ${root.connectionName} and ${leaf.connectionName} that this trust manages as a whole. Remove one of the two.`,
    );
  }
}

/** The resources that manage the same trust or a part of it. */
function isRival(node: IConstruct, root: RootCluster, leaf: LeafCluster): boolean {
  switch (resourceType(node)) {
    case "teleport_trust": {
      const { rootInput, leafInput } = node as TrustResource;
      return rootInput === root.connectionName && leafInput === leaf.connectionName;
    }
    case "teleport_remote_cluster": {
      const { clusterInput, nameInput } = node as RemoteCluster;
      return clusterInput === root.connectionName && leaf.likelyNames.includes(nameInput ?? "");
    }
    default:
      return isTrustedCluster(node, leaf.connectionName, root.likelyNames);
  }
}
