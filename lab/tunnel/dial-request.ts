/** Addresses that are not network addresses: what they mean, the agent knows. */
export const remoteAuthServer = "@remote-auth-server";
/** The agent's own node service. */
export const localNode = "@local-node";

/** What kind of service is dialled. */
export type ConnectionType = "node" | "app" | "kube" | "db" | "windowsdesktop" | "okta" | "proxy";

/** What one end of a tunnel asks the other one to connect to; the payload of `teleport-transport-dial`. */
export interface DialRequest {
  /** `host:port`, or one of the special addresses such as {@link remoteAuthServer}. */
  readonly address?: string;
  /** `<host uuid>.<cluster>` of the service that is meant. */
  readonly serverId?: string;
  readonly connectionType?: ConnectionType;
  /** Who asks, `host:port`. */
  readonly clientSourceAddress?: string;
  readonly clientDestinationAddress?: string;
}
