import { Cluster } from "./cluster";

/**
 * The root cluster: its users get access to the leaves, and it hands out the invitation tokens.
 *
 * It must exist; this construct only says how to reach it.
 */
export class RootCluster extends Cluster {
  protected override readonly side = "root";
}
