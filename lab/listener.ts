import { once } from "node:events";
import type net from "node:net";

/** A server (TCP, TLS and HTTP servers all are `net.Server`) on a loopback port of its own, with the sockets that it accepted. */
export class Listener {
  private constructor(
    private readonly server: net.Server,
    private readonly sockets: ReadonlySet<net.Socket>,
    /** `host:port`. */
    readonly address: string,
  ) {}

  /** Lets `server` listen on a free port of the loopback interface. */
  static async open(server: net.Server): Promise<Listener> {
    // Collected before anybody can connect.
    const sockets = new Set<net.Socket>();
    server.on("connection", (socket: net.Socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    server.listen({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    const { port } = server.address() as net.AddressInfo;
    return new Listener(server, sockets, `127.0.0.1:${port}`);
  }

  /** Ends all connections, at once, and listens no more. */
  async close(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
