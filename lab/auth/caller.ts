import type { RoleV6 } from "../gen/teleport/types/role_pb";

/** Values by trait name, as they stand in a certificate. */
export type Traits = Readonly<Record<string, readonly string[]>>;

/** What every caller with roles has: the definitions that its role names led to, read when the call came in. */
export interface RoleHolder {
  readonly roles: readonly string[];
  readonly definitions: readonly RoleV6[];
  readonly traits: Traits;
}

/**
 * Who calls, after the certificate was verified and its roles were looked up.
 *
 * - `nop`: no certificate at all; may do nothing that needs a role.
 * - `local-user`: roles and traits are the certificate's; their definitions are read now.
 * - `remote-user`: a user of a root cluster, `roles` are what this leaf's role map makes of the certificate's.
 * - `builtin`: a service of this cluster, `remote-builtin`: of a cluster that this one trusts, or that trusts this one.
 */
export type Caller =
  | { readonly kind: "nop"; readonly user: "nop" }
  | ({ readonly kind: "local-user"; readonly user: string } & RoleHolder)
  | ({
      readonly kind: "remote-user";
      /** `remote-<user>-<root cluster>`. */
      readonly user: string;
      readonly remoteUser: string;
      readonly clusterName: string;
      readonly remoteRoles: readonly string[];
    } & RoleHolder)
  | { readonly kind: "builtin"; readonly user: string; readonly systemRole: string }
  | {
      readonly kind: "remote-builtin";
      readonly user: string;
      readonly systemRole: string;
      readonly clusterName: string;
    };
