export type { ClusterNames } from "./authorities";
export { authorityTypes, createAuthorities } from "./authorities";
export type { CertificateSources } from "./authority";
export type {
  AuthorityType,
  CertificateAuthorities,
  HostCredentials,
  HostIdentity,
  SshHostKeyPair,
  Suite,
  TlsKeyPair,
  UserCredentials,
  UserIdentity,
} from "./types";
export { WebAuthority } from "./web-authority";
