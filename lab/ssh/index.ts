export * from "./certificate";
export type { SshChannel, SshChannelRequest, SshChannelRequestHandler } from "./channel";
export * from "./check-certificate";
export { connectSsh, type SshClientOptions } from "./client";
export type {
  SshChannelOpening,
  SshConnection,
  SshConnectionHandlers,
  SshGlobalReply,
  SshGlobalRequest,
} from "./connection";
export * from "./issue-certificate";
export { openFailure } from "./messages";
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
export { type SshClient, SshServer, type SshServerOptions } from "./server";
export { SshError, type SshErrorReason } from "./ssh-error";
export type { SshClientCredentials } from "./user-auth-client";
export type { SshCredential } from "./user-auth-server";
export { WireReader, WireWriter } from "./wire";
