// The messages of the cluster API that callers meet, by their names on the wire.
export { Timestamp } from "./gen/google/protobuf/timestamp";
export { CertAuthorityV2 } from "./gen/teleport/types/cert_authority";
export { Metadata } from "./gen/teleport/types/metadata";
export { ProvisionTokenSpecV2, ProvisionTokenV2 } from "./gen/teleport/types/provision_token";
export { RemoteClusterV3 } from "./gen/teleport/types/remote_cluster";
export { RoleV6 } from "./gen/teleport/types/role";
export { ServerV2 } from "./gen/teleport/types/server";
export { TrustedClusterSpecV2, TrustedClusterV2 } from "./gen/teleport/types/trusted_cluster";
export { UserV2 } from "./gen/teleport/types/user";
export { LabelValues } from "./gen/teleport/wrappers/wrappers";
