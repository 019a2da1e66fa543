/** Trust between Teleport clusters, as CDKTF constructs. */
export type { InternalTrait } from "../trust";
export { AccessCheck, type AccessCheckProps, type CheckedTrust } from "./access-check";
export { Cluster, type ClusterProps } from "./cluster";
export { ClusterLabels, type ClusterLabelsProps } from "./cluster-labels";
/** The generated bindings: every resource and data source of the provider, argument by argument. */
export * as l1 from "./generated";
export { Identity, type IdentityArguments } from "./identity";
export { Invitation } from "./invitation";
export { InvitationToken, type InvitationTokenProps } from "./invitation-token";
export { InvitedTrust, type InvitedTrustProps } from "./invited-trust";
export { LeafCluster } from "./leaf-cluster";
export { type HostUserMode, type IRole, type LabelSelector, Role, type RoleProps, type RoleRule } from "./role";
export { RoleMap, type RoleMapping, type RoleMapRow } from "./role-map";
export { RootCluster } from "./root-cluster";
export { Trait } from "./trait";
export { Trust, type TrustProps, type WaitFor } from "./trust";
export { type GrantProps, User, UserGrant } from "./user";
