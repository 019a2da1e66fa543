export type { AuditEvent } from "./audit-log";
export { AuditLog } from "./audit-log";
export type { ApiCall, CallFilter, Hold } from "./call-log";
export { CallLog } from "./call-log";
export type { Caller, RoleHolder, Traits } from "./caller";
export type { AuthContext } from "./context";
export { TokenLedger, tokenHash } from "./token-ledger";
export type { TunnelConnection } from "./tunnel-connections";
export { TunnelConnections } from "./tunnel-connections";
// To come, with these shapes:
//   createAuthHandler(context): (request, response) => void    gRPC and legacy HTTP on one node:http2 secure server (allowHTTP1)
//   createAuthApi(context): (router: ConnectRouter) => void    and legacyHttpHandler(context): (request, response) => void
//   verifyPeer(certificates, serverName, context): VerifiedPeer | undefined    after the TLS handshake; throws to refuse the connection
//   authorize(peer, context): Caller    per call
//   validateTrustedCluster(context, request): ValidateTrustedClusterResponse    root side of the handshake
//   refreshRemoteClusters(context): void    the periodic job of a root
//   dumpCluster(context): the JSON form of every object
