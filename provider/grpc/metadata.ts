import type { IncomingHttpHeaders } from "node:http2";

import type { Metadata } from "./status";

/** What a peer sent, without HTTP's own pseudo-headers. */
export function metadataFromHeaders(headers: IncomingHttpHeaders): Metadata {
  const metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(":") || value === undefined) continue;
    metadata.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return metadata;
}

/** The first value of a header: a peer may send any of them twice. */
export function firstValue(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
