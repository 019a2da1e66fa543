export { apiDomain, authProtocol } from "./auth-protocol";
export { openPort, openRelay } from "./front";
export type { LabProxy, ProxyOptions } from "./proxy";
export { startProxy } from "./proxy";
export type { ProxySettings } from "./settings";
export { createTunnelDial } from "./tunnel-dial";
