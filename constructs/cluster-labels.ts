import { Construct } from "constructs";

import { RemoteCluster } from "./generated";
import type { RootCluster } from "./root-cluster";
import { literal, literalMap } from "./text";

/** What is said on the root of a leaf that joined by other means. */
export interface ClusterLabelsProps {
  readonly root: RootCluster;
  /** The leaf's real name. */
  readonly leafName: string;
  /** Keys that others set are left alone. */
  readonly labels: Readonly<Record<string, string>>;
  /** @default what stands there */
  readonly description?: string;
  /**
   * What a create waits for: that the leaf has joined, or that its tunnel is up, or nothing.
   *
   * @default "registered"
   */
  readonly waitFor?: "registered" | "online" | "none";
  /**
   * Whether the leaf stays joined when this is destroyed.
   *
   * @default true, as the leaf is somebody else's
   */
  readonly keepOnDestroy?: boolean;
}

/**
 * Labels of a leaf that somebody else joined, such as with an {@link InvitationToken}. For a leaf that this program joins, the labels are
 * the trust's own.
 */
export class ClusterLabels extends Construct {
  /** The labels, for the roles that are to see the leaf. */
  readonly labels: Readonly<Record<string, string>>;
  /** The generated resource below. */
  readonly resource: RemoteCluster;

  constructor(scope: Construct, id: string, props: ClusterLabelsProps) {
    super(scope, id);
    this.labels = { ...props.labels };
    this.resource = new RemoteCluster(this, "Resource", {
      ...props.root.connect(this),
      name: literal(props.leafName),
      labels: literalMap(props.labels),
      keepOnDestroy: props.keepOnDestroy ?? true,
      ...(props.description === undefined ? {} : { description: literal(props.description) }),
      ...(props.waitFor === undefined ? {} : { waitFor: props.waitFor }),
    });
  }
}
