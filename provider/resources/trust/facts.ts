import type { Labels, RoleMapping } from "../../../trust";
import type { RelationCall } from "../../framework";
import type { NotVisible } from "../shared/remote-cluster-sight";
import type { StepKind } from "./step";

/** What a trust is to be. */
export interface DesiredTrust {
  /** Keys of `clusters`. */
  readonly rootKey: string;
  readonly leafKey: string;
  readonly roleMap: readonly RoleMapping[];
  readonly enabled: boolean;
  /** Own labels of the remote cluster: set, and kept as they are. */
  readonly labels: Labels;
  /** Keys that were own labels before and are no more: to be removed. */
  readonly droppedLabels: readonly string[];
  /** What the remote cluster is thought to carry of them now: the state's, or in a create the wanted ones. */
  readonly carriedLabels: Labels;
  /** `host:port`; undefined: what the root says of itself when it is needed, and whatever is there when not. */
  readonly webProxyAddr: string | undefined;
  readonly tunnelAddr: string | undefined;
  readonly tokenTtlMs: number;
  readonly waitFor: WaitFor;
  /** For the whole call; undefined: no limit. */
  readonly timeoutMs: number | undefined;
  /** Which call it is wanted in. A create waits even where an earlier one has joined already, and so continues it. */
  readonly call: RelationCall;
  /** `<root>/<leaf>` that the state is about; undefined in create and import. */
  readonly stateId: string | undefined;
  /** The state came by import: an unmarked trusted cluster counts as ours. */
  readonly isImported: boolean;
}

/** What to wait for after a join or an enable. */
export type WaitFor = "online" | "registered" | "none";

/** One of the two clusters, as it is found. */
export interface ClusterFacts {
  /** Its key in `clusters`. */
  readonly key: string;
  /** The real name, not the key. */
  readonly name: string;
  /** Such as `17.7.0`. */
  readonly version: string;
  /** For messages: key and address. */
  readonly title: string;
}

/** The trusted cluster on the leaf: `ours` carries our mark or was imported, `foreign` is somebody else's. */
export type TrustedClusterFacts =
  | { readonly status: "none" }
  | { readonly status: "foreign" }
  | {
      readonly status: "ours";
      readonly enabled: boolean;
      readonly roleMap: readonly RoleMapping[];
      readonly webProxyAddr: string;
      readonly tunnelAddr: string;
    };

/** The remote cluster on the root, and whose it is. */
export type RemoteClusterFacts =
  | { readonly status: "none" }
  | NotVisible
  | { readonly status: "other-leaf" }
  | { readonly status: "same-leaf"; readonly labels: Labels; readonly connection: "online" | "offline" };

/** What is asked before something is written only. */
export interface Checks {
  /** Literal local roles of the role map that the leaf does not have: row, index in `local`, name. */
  readonly missingRoles: readonly { readonly row: number; readonly at: number; readonly role: string }[];
  /** Whether the applying identity sees the leaf on the root while it has no labels, as right after a join. */
  readonly seesUnlabelled: boolean;
  /** Whether it sees the leaf with the labels that are wanted. */
  readonly seesLabelled: boolean;
  /** The cluster that answers at a configured `web_proxy_addr`; undefined where nobody was asked or nobody answered. */
  readonly proxyClusterName: string | undefined;
}

/** All that `next` decides by. No secret is in it. */
export interface TrustFacts {
  readonly root: ClusterFacts;
  readonly leaf: ClusterFacts & { readonly isCloud: boolean };
  /** `<root>/<leaf>` that the state is about; undefined in create and import. */
  readonly stateId: string | undefined;
  readonly trustedCluster: TrustedClusterFacts;
  readonly remoteCluster: RemoteClusterFacts;
  /** Tokens with our prefix on the root that this call has not made. */
  readonly leftOverTokens: number;
  /** This call has made a token, and it is there. */
  readonly hasToken: boolean;
  /** Absent where nothing will be written: read, import, delete. */
  readonly checks: Checks | undefined;
  /** Labels of a remote cluster that was removed to join anew, to be put back. */
  readonly keptLabels: Labels;
  /** Kinds of steps that this call has performed. */
  readonly done: ReadonlySet<StepKind>;
  /** How often this call has waited for the clusters to show its last step. */
  readonly settles: number;
}

/** The real names, as they stand in `id`. */
export function trustName({ root, leaf }: Pick<TrustFacts, "root" | "leaf">): string {
  return `${root.name}/${leaf.name}`;
}
