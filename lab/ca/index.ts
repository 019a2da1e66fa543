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
