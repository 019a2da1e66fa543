import type { RelationCall } from "../../framework";
import type { Placed, PlaceFacts } from "../shared/one-cluster";
import type { GrantItem } from "./item";

/** What a user is to have. */
export interface DesiredGrant extends Placed {
  readonly user: string;
  readonly items: readonly GrantItem[];
  /** What was granted before and is no more. */
  readonly dropped: readonly GrantItem[];
  /** Keys of items that the last apply had granted; a cache, for warnings. */
  readonly granted: readonly string[];
  readonly call: RelationCall;
}

/** The user, as far as the grant is concerned. */
export type UserFacts =
  | { readonly status: "none" }
  | {
      readonly status: "there";
      /** Made by single sign-on: by which connector. */
      readonly connector: { readonly type: string; readonly id: string } | undefined;
      /** Keys of wanted and dropped items that the user has. */
      readonly has: ReadonlySet<string>;
      /** Those of them that carry our mark. */
      readonly marked: ReadonlySet<string>;
      /** What a write would do now; for a removal, that of all items. */
      readonly missing: readonly GrantItem[];
      readonly removable: readonly GrantItem[];
      readonly staleMarks: number;
    };

/** All that `next` decides by. */
export interface GrantFacts {
  readonly place: PlaceFacts;
  readonly stateCluster: string | undefined;
  readonly userName: string;
  readonly user: UserFacts;
  /** Roles to be added that the cluster does not have. Empty where nothing will be written. */
  readonly missingRoles: readonly string[];
  /** Writes that this call has tried. */
  readonly attempts: number;
  /** The last one was answered with success. */
  readonly wasWritten: boolean;
  /** How often this call has waited for the cluster to show its last write. */
  readonly settles: number;
}
