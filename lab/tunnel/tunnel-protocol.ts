/**
 * Names on the wire of a reverse tunnel, as `lib/reversetunnel` and `api/constants` of Teleport have them; unchanged from
 * v4–v7 to v18, except for `reconnect` (v9 or v10).
 */
export const tunnelProtocol = {
  /** ALPN protocol of a tunnel inside TLS. */
  alpn: "teleport-reversetunnel",
  /** Channel by which a leaf says that it is there, and its request. */
  heartbeatChannel: "teleport-heartbeat",
  ping: "ping",
  /** Global request for the version of the leaf's Auth. */
  version: "x-teleport-version",
  /** Channel by which a root names its proxies, and its request. */
  discoveryChannel: "teleport-discovery",
  discovery: "discovery",
  /** Global request to go to another proxy. */
  reconnect: "reconnect@goteleport.com",
  /** Channel that becomes a connection to something at the other end, and its request. */
  transportChannel: "teleport-transport",
  transportDial: "teleport-transport-dial",
  /** Asks on a transport channel whether the far side went through another tunnel. */
  connectionType: "x-teleport-connection-type",
} as const;

/** Extensions of SSH certificates. */
export const certificateExtension = {
  authority: "x-teleport-authority",
  role: "x-teleport-role",
  routeToCluster: "teleport-route-to-cluster",
} as const;

/** Teleport's defaults (`cluster_networking_config` and `defaults.DefaultIOTimeout`). */
export const tunnelDefaults = {
  keepAliveIntervalMs: 5 * 60_000,
  keepAliveCountMax: 3,
  handshakeTimeoutMs: 30_000,
  /** How long a transport channel waits for its request, or a dial for its answer. */
  dialTimeoutMs: 30_000,
  /** How often a root repeats the names of its proxies. Not verified: the constant is not in our sources. */
  proxySyncIntervalMs: 20_000,
  backoff: { firstMs: 250, maxMs: 8_000 },
} as const;
