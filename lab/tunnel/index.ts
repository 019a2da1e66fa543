export { type ConnectionType, type DialRequest, localNode, remoteAuthServer } from "./dial-request";
export type {
  AgentPool,
  AgentPoolEvents,
  AgentPoolOptions,
  LeafTunnel,
  ReverseTunnel,
  TunnelCredentials,
  TunnelEndOptions,
  TunnelServer,
  TunnelServerEvents,
  TunnelServerOptions,
} from "./types";
// To come: createTunnelServer(options): TunnelServer, createAgentPool(options): AgentPool,
//   dialTunnelTls({ ca }): AgentPoolOptions["connect"], dialTunnelTcp: AgentPoolOptions["connect"].
