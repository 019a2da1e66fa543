// A go-plugin plugin over gRPC: handshake, TLS, life and end of the process, log lines. Knows nothing of what it serves.
export type { MagicCookie } from "./handshake";
export type { Log, LogFields, LogLevel } from "./log";
export { createLog, logLevelFromEnvironment } from "./log";
export type { PluginOptions } from "./serve";
export { servePlugin } from "./serve";
