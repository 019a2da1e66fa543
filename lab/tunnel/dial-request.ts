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

/** The request as JSON, with the field names of Teleport's DialReq. */
export function encodeDialRequest(request: DialRequest): Buffer {
  const fields = {
    address: request.address,
    server_id: request.serverId,
    conn_type: request.connectionType ?? "node",
    client_src_addr: request.clientSourceAddress,
    client_dst_addr: request.clientDestinationAddress,
  };
  return Buffer.from(JSON.stringify(fields));
}

/**
 * Reads a dial request. What is not a JSON object is taken as the address itself, as old releases sent it.
 *
 * @throws Error when it names neither an address nor a server
 */
export function parseDialRequest(payload: Buffer): DialRequest {
  const text = payload.toString("utf8");
  const fields = parseObject(text);
  if (fields === undefined) return assertTarget(text === "" ? {} : { address: text });
  const request: { -readonly [name in keyof DialRequest]: DialRequest[name] } = {};
  if (isText(fields.address)) request.address = fields.address;
  if (isText(fields.server_id)) request.serverId = fields.server_id;
  if (isText(fields.conn_type)) request.connectionType = fields.conn_type as ConnectionType;
  if (isText(fields.client_src_addr)) request.clientSourceAddress = fields.client_src_addr;
  if (isText(fields.client_dst_addr)) request.clientDestinationAddress = fields.client_dst_addr;
  return assertTarget(request);
}

function assertTarget(request: DialRequest): DialRequest {
  if (request.address === undefined && request.serverId === undefined) {
    throw new Error("serverID or address required");
  }
  return request;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
