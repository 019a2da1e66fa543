import type { Labels } from "../../../trust";
import type { RelationCall } from "../../framework";
import type { Placed, PlaceFacts } from "../shared/one-cluster";
import type { OwnLabels } from "../shared/own-labels";
import type { NotVisible } from "../shared/remote-cluster-sight";
import type { StepKind } from "./step";

/** What a create waits for. `none`: the leaf must be there. */
export type WaitFor = "registered" | "online" | "none";

/** What a joined leaf is to carry on its root. */
export interface DesiredRemoteCluster extends Placed, OwnLabels {
  readonly name: string;
  /** What it is thought to carry of the own labels now: the state's, or in a create the wanted ones. */
  readonly carriedLabels: Labels;
  /** Undefined: not ours to say. Empty where it was ours and is given up. */
  readonly description: string | undefined;
  readonly waitFor: WaitFor;
  readonly keepOnDestroy: boolean;
  /** For the whole call; undefined: no limit. */
  readonly timeoutMs: number | undefined;
  readonly call: RelationCall;
}

/** The remote cluster, as the identity sees it. */
export type LeafFacts =
  | { readonly status: "none" }
  | NotVisible
  | {
      readonly status: "there";
      readonly labels: Labels;
      readonly description: string;
      readonly connection: "online" | "offline";
    };

/** All that `next` decides by. */
export interface RemoteClusterFacts {
  readonly place: PlaceFacts;
  readonly stateCluster: string | undefined;
  readonly leafName: string;
  readonly leaf: LeafFacts;
  /** A destroy is to leave everything as it is. */
  readonly keepOnDestroy: boolean;
  /** Whether the identity sees the leaf with the labels that are wanted. True where nothing will be written. */
  readonly seesLabelled: boolean;
  /** Kinds of steps that this call has performed. */
  readonly done: ReadonlySet<StepKind>;
  /** How often this call has waited for the cluster to show its last step. */
  readonly settles: number;
}
