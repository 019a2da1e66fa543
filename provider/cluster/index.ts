// Calls to clusters: connections, and one client for each kind of object. Knows nothing of Terraform.
export type { Api } from "./api";
export { type BestEffort, type Checked, createBestEffort } from "./best-effort";
export { caPin, caPins } from "./ca-pins";
export { type CertificateIdentity, certificateIdentity } from "./certificate";
export type {
  CertAuthorities,
  CertAuthorityId,
  Cluster,
  ClusterInfo,
  LeafThroughRoot,
  ListedNode,
  Nodes,
  RemoteClusters,
  Roles,
  Tokens,
  TrustedClusters,
  Users,
} from "./cluster";
export {
  type ConfiguredConnection,
  type ConnectionSettings,
  type Connections,
  type ConnectionsConfig,
  createConnections,
  type Surroundings,
} from "./connections";
export type { CredentialSource } from "./credential-material";
export { diskFiles, type Files } from "./files";
export { unknownLeaf } from "./leaf-dialer";
export {
  CertAuthorityV2,
  LabelValues,
  Metadata,
  ProvisionTokenSpecV2,
  ProvisionTokenV2,
  RemoteClusterV3,
  RoleV6,
  ServerV2,
  Timestamp,
  TrustedClusterSpecV2,
  TrustedClusterV2,
  UserV2,
} from "./messages";
export { nearestName } from "./nearest-name";
export type { ListingClient, ObjectClient } from "./object-client";
export { once } from "./once";
export { profileAddr } from "./profile";
export type { RetryBudget } from "./retry";
export { findGenerations, generationsOf, rotatingTokenId, type TokenOfGeneration } from "./token-generations";
export type { WebInfo } from "./web-ping";
