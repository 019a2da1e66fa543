/** Domain under which every Auth service answers (`constants.APIDomain`). */
export const apiDomain = "teleport.cluster.local";

const authPrefix = "teleport-auth@";
const encodedName = /^((?:[0-9a-f]{2})+)\.teleport\.cluster\.local$/;

/** ALPN protocol by which a proxy hands a connection to the Auth service of a cluster. */
export function authProtocol(clusterName: string): string {
  return `${authPrefix}${Buffer.from(clusterName, "utf8").toString("hex")}.${apiDomain}`;
}

/** Whether a protocol asks for some Auth service. */
export function isAuthProtocol(protocol: string): boolean {
  return protocol.startsWith(authPrefix);
}

/** The cluster whose Auth service a protocol asks for; `undefined` when the name in it cannot be decoded. */
export function clusterOfAuthProtocol(protocol: string): string | undefined {
  const hex = encodedName.exec(protocol.slice(authPrefix.length))?.[1];
  return isAuthProtocol(protocol) && hex !== undefined ? Buffer.from(hex, "hex").toString("utf8") : undefined;
}
