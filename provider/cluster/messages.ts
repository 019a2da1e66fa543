// The messages of the cluster API that callers meet, by their names on the wire.
export {
  CertAuthorityV2,
  ProvisionTokenV2,
  RemoteClusterV3,
  RoleV6,
  TrustedClusterV2,
} from "./gen/teleport/types";
