/** The names of a root's proxies, as it sends them to its agents (`teleport-discovery`). */
export function encodeDiscovery(proxyIds: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify({ proxies: proxyIds.map((name) => ({ version: "v2", metadata: { name } })) }));
}

/**
 * Reads the names of a root's proxies; old releases sent whole server resources, of which only the name is used.
 *
 * @returns `undefined` when it is not a discovery request
 */
export function parseDiscovery(payload: Buffer): readonly string[] | undefined {
  try {
    const { proxies } = JSON.parse(payload.toString("utf8")) as { proxies?: { metadata?: { name?: unknown } }[] };
    const names = proxies?.map((proxy) => proxy.metadata?.name);
    return names?.filter((name): name is string => typeof name === "string" && name !== "");
  } catch {
    return undefined;
  }
}
