import { Cluster } from "./cluster";
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
}
