export * from "./certificate";
export * from "./check-certificate";
export * from "./issue-certificate";
export { encodeOpensshPrivateKey } from "./openssh-private-key";
export {
  authorizedKey,
  fingerprint,
  isSameKey,
  parseAuthorizedKey,
  parsePublicKey,
  publicKeyFromKeyObject,
  type SshKeyType,
  type SshPublicKey,
} from "./public-key";
export { SshError, type SshErrorReason } from "./ssh-error";
