import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

import { httpError } from "../auth";
import { accessDenied, badParameter, isTrace, notFound } from "../trace-error";
import type { ProxySettings } from "./settings";
import { findAnswer, pingAnswer } from "./settings";

/** A request by HTTP/1.1 or HTTP/2; the lab uses what both forms have. */
export type WebRequest = IncomingMessage | Http2ServerRequest;
/** A response by HTTP/1.1 or HTTP/2. */
export type WebResponse = ServerResponse | Http2ServerResponse;

/** What the proxy asks of the cluster behind it. */
export interface WebOptions {
  /** Asked for each request: addresses are known once everything listens. */
  readonly settings: () => ProxySettings;
  /**
   * Hands a leaf's request on to the own Auth.
   *
   * @param body the request's JSON text
   * @returns the answer's JSON text
   * @throws TraceError with the words of the Auth
   */
  readonly validateTrustedCluster: (body: string) => Promise<string>;
}

/** Largest body that the proxy reads; a leaf's request holds one authority, a few KB. */
const maxBodyBytes = 1024 * 1024;

/** Answers the proxy's HTTPS requests. */
export function createWebHandler(options: WebOptions): (request: WebRequest, response: WebResponse) => void {
  return (request, response) => {
    answer(options, request).then(
      (body) => send(response, 200, body),
      (error: unknown) => {
        const { status, body } = httpError(error);
        send(response, status, body);
      },
    );
  };
}

async function answer(options: WebOptions, request: WebRequest): Promise<string> {
  const { pathname } = new URL(request.url ?? "/", "https://proxy.invalid");
  // The leading segment is the version of the web API, which newer clients send and older ones do not.
  const path = pathname.replace(/^\/v1(?=\/webapi\/)/, "");
  if (request.method === "GET" && (path === "/webapi/ping" || path.startsWith("/webapi/ping/"))) {
    return JSON.stringify(pingAnswer(options.settings()));
  }
  if (request.method === "GET" && path === "/webapi/find") return JSON.stringify(findAnswer(options.settings()));
  if (request.method === "POST" && path === "/webapi/trustedclusters/validate") {
    return validate(options, await readBody(request));
  }
  throw notFound(`path ${pathname} is not found`);
}

/** A leaf must not learn why its token was refused: the proxy has one text for all reasons (lib/web/apiserver.go). */
async function validate(options: WebOptions, body: string): Promise<string> {
  try {
    return await options.validateTrustedCluster(body);
  } catch (error) {
    if (isTrace(error, "access_denied")) throw accessDenied("access denied: the cluster token has been rejected");
    throw error;
  }
}

async function readBody(request: WebRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw badParameter(`request body is larger than ${maxBodyBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(response: WebResponse, status: number, body: string): void {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  // Both forms of response have these two methods with these parameters; TypeScript does not merge the overloads.
  const plain = response as ServerResponse;
  plain.writeHead(status, headers);
  plain.end(body);
}
