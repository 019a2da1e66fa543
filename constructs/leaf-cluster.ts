import { Cluster } from "./cluster";
import { InvitedTrust, type InvitedTrustProps } from "./invited-trust";
import type { RootCluster } from "./root-cluster";
import { Trust, type TrustProps } from "./trust";

/** A leaf cluster: it trusts a root cluster and maps the roles of the root's users to its own. It must exist. */
export class LeafCluster extends Cluster {
  protected override readonly side = "leaf";

  /**
   * Lets this leaf trust a root: users of the root get in, with the roles that the role map gives them.
   *
   * @param props everything but the two clusters
   * @returns the trust; its id is `Trust<id of the root>`
   */
  trust(root: RootCluster, props: Omit<TrustProps, "root" | "leaf">): Trust {
    return new Trust(this, `Trust-${root.node.id}`, { ...props, root, leaf: this });
  }

  /**
   * Lets this leaf trust a root that somebody else runs, by an invitation of its owner. The program needs no identity on the root.
   *
   * @param rootName the root's real name
   * @param props everything but the leaf
   * @returns the leaf's half of the trust; its id is `Trust-<name of the root>`
   */
  trustByInvitation(rootName: string, props: Omit<InvitedTrustProps, "leaf" | "rootName">): InvitedTrust {
    return new InvitedTrust(this, `Trust-${rootName}`, { ...props, rootName, leaf: this });
  }
}
