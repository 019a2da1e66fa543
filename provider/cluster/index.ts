// Calls to clusters: connections, and one client for each kind of object. Knows nothing of Terraform.
export type {
  CertAuthorities,
  CertAuthorityId,
  Cluster,
  ClusterInfo,
  RemoteClusters,
  Roles,
  Tokens,
  TrustedClusters,
} from "./cluster";
export type {
  ConnectionSettings,
  Connections,
  ConnectionsConfig,
  CredentialSource,
  RetryBudget,
  Surroundings,
} from "./connections";
export type { CertAuthorityV2, ProvisionTokenV2, RemoteClusterV3, RoleV6, TrustedClusterV2 } from "./messages";
export type { ListingClient, ObjectClient } from "./object-client";
export type { WebInfo } from "./web-ping";
