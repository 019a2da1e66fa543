import https from "node:https";

import { splitAddress } from "./address";
import type { ProxyClient } from "./auth";

/**
 * Makes the client by which a leaf's Auth talks to the web proxy of a root.
 *
 * @param roots PEM certificates of the host's system store: a proxy's web certificate is checked by these and no others
 */
export function createProxyClient(roots: () => readonly string[]): ProxyClient {
  return {
    post: (address, path, body, signal) =>
      new Promise((resolve, reject) => {
        const { host, port } = splitAddress(address);
        const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
        // No agent: an idle connection kept for later would outlive the lab.
        const options = { method: "POST", host, port, path, headers, signal, ca: [...roots()], agent: false as const };
        const request = https.request(options, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") });
          });
        });
        request.on("error", reject);
        request.end(body);
      }),
  };
}
