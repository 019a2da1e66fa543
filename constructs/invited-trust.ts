import { Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";

import { parseAddress } from "../trust";
import { AccessCheck, type AccessCheckProps } from "./access-check";
import { TrustedCluster } from "./generated";
import type { Invitation } from "./invitation";
import type { LeafCluster } from "./leaf-cluster";
import { isTrustedCluster, rivalPaths } from "./rivals";
import type { RoleMap } from "./role-map";
import { literal } from "./text";

/** The leaf's half of a trust, whose root somebody else runs. */
export interface InvitedTrustProps {
  /** The leaf that joins. */
  readonly leaf: LeafCluster;
  /** The root's real name. Its owner tells it; another name than the one at `webProxyAddr` is refused before anything is made. */
  readonly rootName: string;
  /** `host:port` of the root's Proxy Service, as the leaf reaches it. A change of it joins anew. */
  readonly webProxyAddr: string;
  /**
   * `host:port` of the root's reverse tunnel, as the leaf reaches it. A change of it joins anew.
   *
   * @default the same as `webProxyAddr`, which is right for a root that has TLS routing
   */
  readonly tunnelAddr?: string;
  /** What the root's owner handed over. */
  readonly invitation: Invitation;
  /** Which leaf roles the root's users get. The root's owner tells which roles they hold there. */
  readonly roleMap: RoleMap;
  /**
   * Whether users of the root get in and the tunnel stands.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

/**
 * The leaf's half of a trust, for a leaf whose root somebody else runs: it joins by an invitation and needs no identity on the root.
 * Labels are the root's affair: see `ClusterLabels`. Where one program reaches both clusters, `leaf.trust(root)` needs no invitation.
 *
 * The invitation is in no plan and no state. Another one, such as after a rotation, changes nothing once the leaf has joined, so it has no
 * version that one would have to raise.
 */
export class InvitedTrust extends Construct {
  /** The generated resource below, for what this construct does not offer. */
  readonly resource: TrustedCluster;

  /** @throws Problem TRUST_ADDRESS for an address that is none */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: InvitedTrustProps,
  ) {
    super(scope, id);
    const { leaf, rootName, webProxyAddr, tunnelAddr, invitation, roleMap, enabled } = props;
    for (const address of [webProxyAddr, tunnelAddr]) {
      if (address !== undefined && !Token.isUnresolved(address)) parseAddress(address);
    }
    this.resource = new TrustedCluster(this, "Resource", {
      ...leaf.connect(this),
      version: "v2",
      metadata: { name: literal(rootName) },
      spec: {
        enabled: enabled ?? true,
        roleMap: roleMap.toRows(),
        tokenWo: invitation.token,
        webProxyAddr: literal(webProxyAddr),
        ...(tunnelAddr === undefined ? {} : { tunnelAddr: literal(tunnelAddr) }),
      },
    });
    this.node.addValidation({ validate: () => this.twinFaults() });
  }

  /**
   * Checks after each apply that users of the root reach a node of the leaf; what is not so is a warning.
   *
   * @throws Error when the role map names no role without a pattern and no roles are given
   */
  verifyAccess(props: AccessCheckProps): AccessCheck {
    const { leaf, rootName, roleMap } = this.props;
    const id = `Access-${props.login}-${props.node}`;
    return new AccessCheck(this, id, { ...props, leaf, rootName, roleMap, resource: this.resource });
  }

  /** A trusted cluster is found by its root's name: two resources of one name would undo one another's work. */
  private twinFaults(): string[] {
    const { leaf, rootName } = this.props;
    const isTwin = (node: IConstruct) => isTrustedCluster(node, leaf.connectionName, [literal(rootName)]);
    return rivalPaths(this.resource, isTwin).map(
      (path) =>
        `${path} manages the same trust of ${leaf.connectionName} in ${rootName} as ${this.node.path}. Remove one of the two.`,
    );
  }
}
