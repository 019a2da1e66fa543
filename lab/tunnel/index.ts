export { createAgentPool } from "./agent-pool";
export { type ConnectionType, type DialRequest, localNode, remoteAuthServer } from "./dial-request";
export { createTunnelTlsDialer, dialTunnelTcp } from "./tunnel-dialers";
export { tunnelDefaults, tunnelProtocol } from "./tunnel-protocol";
export { createTunnelServer } from "./tunnel-server";
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
