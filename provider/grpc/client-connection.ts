import type { ClientHttp2Session } from "node:http2";
import type { Duplex } from "node:stream";

import type { GrpcClientOptions, KeepAlive } from "./client";
import { nameOfReset } from "./http-status";

/** Bytes that the peer may send ahead, for one call and for all: 64 KiB, HTTP/2's own default, is a round trip for each. */
const streamWindowBytes = 1024 * 1024;
const connectionWindowBytes = 4 * 1024 * 1024;

/** What a peer may do wrong before the connection ends. Node's defaults suit a server of the open internet, not one peer. */
const limits = {
  maxHeaderListPairs: 128,
  maxSessionInvalidFrames: 32,
  maxSessionRejectedStreams: 32,
  maxReservedRemoteStreams: 0,
};

/** Megabytes that Node may hold for one connection. */
const maxSessionMemory = 64;

/** One HTTP/2 connection and why it ended. */
export class ClientConnection {
  /** What ended it or keeps new calls from it, for error texts; `undefined` while all is well. */
  trouble: string | undefined;
  private activeCalls = 0;
  private pingTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly session: ClientHttp2Session,
    private readonly keepAlive: KeepAlive | undefined,
  ) {
    session.on("error", (error) => this.note(error.message));
    session.on("frameError", (_type, code) => this.note(`a frame could not be sent (${nameOfReset(code)})`));
    session.on("goaway", (code, _lastStream, data) => this.note(goAwayText(code, data)));
    session.on("close", () => {
      this.note("the peer closed the connection");
      this.stopPings();
    });
    session.once("connect", () => session.setLocalWindowSize(connectionWindowBytes));
  }

  get takesCalls(): boolean {
    return !this.session.closed && !this.session.destroyed;
  }

  /** Pings run while at least one call does. */
  callBegins(): void {
    this.activeCalls++;
    if (this.activeCalls === 1 && this.keepAlive !== undefined) this.schedulePing(this.keepAlive);
  }

  callEnds(): void {
    this.activeCalls--;
    if (this.activeCalls === 0) this.stopPings();
  }

  /** Ends the connection at once; resolves when its socket is closed. */
  async destroy(): Promise<void> {
    if (this.session.destroyed) return;
    await new Promise<void>((closed) => {
      this.session.once("close", closed);
      this.session.destroy();
    });
  }

  private note(trouble: string): void {
    this.trouble ??= trouble;
  }

  private schedulePing(keepAlive: KeepAlive): void {
    this.pingTimer = setTimeout(() => this.ping(keepAlive), keepAlive.intervalMs);
    this.pingTimer.unref();
  }

  private ping(keepAlive: KeepAlive): void {
    if (!this.takesCalls) return;
    this.pingTimer = setTimeout(() => this.giveUp(keepAlive.timeoutMs), keepAlive.timeoutMs);
    this.pingTimer.unref();
    this.session.ping((error) => {
      this.stopPings();
      if (error === null && this.activeCalls > 0) this.schedulePing(keepAlive);
    });
  }

  private giveUp(timeoutMs: number): void {
    this.note(`the peer did not answer a ping within ${timeoutMs} ms`);
    this.session.destroy();
  }

  private stopPings(): void {
    clearTimeout(this.pingTimer);
  }
}

function goAwayText(code: number, data: Uint8Array | undefined): string {
  const why =
    data === undefined
      ? ""
      : Buffer.from(data)
          .toString("latin1")
          .replace(/[^ -~]/g, "?")
          .slice(0, 200);
  return `the peer ended the connection (GOAWAY ${nameOfReset(code)}${why === "" ? "" : `: ${why}`})`;
}

/** Speaks HTTP/2 over a connected socket. The peer's settings are not waited for: that would cost a round trip. */
export function connectionOverSocket(socket: Duplex, { keepAlive }: GrpcClientOptions): ClientConnection {
  const { connect } = process.getBuiltinModule("node:http2"); // Not imported: see the plugin, whose start it would slow down.
  const session = connect("https://grpc", {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: streamWindowBytes, maxHeaderListSize: 64 * 1024 },
    maxSessionMemory,
    ...limits,
  });
  return new ClientConnection(session, keepAlive);
}
