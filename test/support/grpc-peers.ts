import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from "node:net";

import {
  createGrpcClient,
  type GrpcClient,
  type GrpcClientOptions,
  GrpcError,
  type GrpcMethod,
  GrpcStatus,
  grpcMethod,
  grpcStreamListener,
  type MessageCodec,
  type Route,
} from "../../provider/grpc";

/** Messages that are just text. */
export const text: MessageCodec<string> = {
  encode: (message) => ({ finish: () => Buffer.from(message, "utf8") }),
  decode: (bytes) => Buffer.from(bytes).toString("utf8"),
};

export function method(name: string): GrpcMethod<string, string> {
  return grpcMethod(`/test.Service/${name}`, text, text);
}

/** Ends things in reverse order of their beginning; a test's `finally`. */
export class Cleanup {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.unshift(step);
  }

  async run(): Promise<void> {
    for (const step of this.steps.splice(0)) await step();
  }
}

export interface Peer {
  readonly port: number;
  close(): Promise<void>;
}

/** An HTTP/2 server without TLS whose streams go where the test says. */
export async function http2Peer(listen: (server: Http2Server) => void): Promise<Peer> {
  const server = createServer();
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.on("error", () => {});
  });
  listen(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const session of sessions) session.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

/** Our server with these routes. */
export function grpcPeer(
  routes: readonly Route[],
  options: { maxMessageBytes?: number; onHandlerError?: (path: string, error: unknown) => void } = {},
): Promise<Peer> {
  return http2Peer((server) =>
    server.on(
      "stream",
      grpcStreamListener({
        find: (path) => routes.find((route) => route.path === path),
        maxMessageBytes: 1024 * 1024,
        ...options,
      }),
    ),
  );
}

/** A TCP server that speaks whatever the test writes. */
export async function rawPeer(onSocket: (socket: Socket) => void): Promise<Peer> {
  const sockets = new Set<Socket>();
  const server: Server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    onSocket(socket);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

/** Dials a port; resolves once connected. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

export function clientOf(peer: Peer, options: Partial<GrpcClientOptions> = {}): GrpcClient {
  return createGrpcClient({ authority: "peer.test:443", connect: () => dial(peer.port), ...options });
}

/** A message as gRPC frames it, with any flag and any announced length. */
export function frame(message: string, { flag = 0, length }: { flag?: number; length?: number } = {}): Buffer {
  const body = Buffer.from(message, "utf8");
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length ?? body.length, 1);
  return Buffer.concat([prefix, body]);
}

export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/** A promise that the test settles itself (`Promise.withResolvers` is not in Node 20). */
export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((ok, no) => {
    resolve = ok;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** For `assert.rejects`: exactly this gRPC error. */
export function failsWith(code: GrpcStatus, message: string | RegExp, unprocessed = false): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof GrpcError, String(error));
    assert.equal(GrpcStatus[error.code], GrpcStatus[code], error.message);
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
    assert.equal(error.unprocessed, unprocessed);
    return true;
  };
}

export async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of stream) all.push(item);
  return all;
}
