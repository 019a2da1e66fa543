export type { SshProxy, SshProxyParts } from "./ssh-proxy";
export { startSshProxy } from "./ssh-proxy";
