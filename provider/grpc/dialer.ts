import type { CallLimits } from "./call-limits";
import type { GrpcClientOptions } from "./client";
import { type ClientConnection, connectionOverSocket } from "./client-connection";

/** A dial under way, and the calls that wait for it. */
interface Dial {
  readonly connection: Promise<ClientConnection>;
  readonly controller: AbortController;
  waiting: number;
}

/** Keeps at most one connection for new calls: dials when there is none, shares the dial, forgets what was lost. */
export class Dialer {
  private current: ClientConnection | undefined;
  private dial: Dial | undefined;
  /** Every connection that is still open: one that the peer is leaving finishes its calls beside its successor. */
  private readonly open = new Set<ClientConnection>();

  constructor(private readonly options: GrpcClientOptions) {}

  /** A connection that takes calls; rejects when a limit of the call is reached first, or with what `connect` rejects with. */
  async connection(limits: CallLimits): Promise<ClientConnection> {
    if (this.current?.takesCalls === true) return this.current;
    this.dial ??= this.begin();
    const { dial } = this;
    dial.waiting++;
    try {
      return await new Promise((resolve, reject) => {
        limits.onReached(reject);
        dial.connection.then(resolve, reject);
      });
    } finally {
      dial.waiting--;
      if (dial.waiting === 0 && this.dial === dial) this.abandon(dial);
    }
  }

  /** Ends everything; a dial under way is aborted. */
  async close(): Promise<void> {
    if (this.dial !== undefined) this.abandon(this.dial);
    await Promise.all([...this.open].map((connection) => connection.destroy()));
  }

  private begin(): Dial {
    const controller = new AbortController();
    const dial: Dial = { connection: this.connect(controller.signal), controller, waiting: 0 };
    const forget = (): void => {
      if (this.dial === dial) this.dial = undefined;
    };
    dial.connection.then(forget, forget);
    return dial;
  }

  private async connect(signal: AbortSignal): Promise<ClientConnection> {
    const socket = await this.options.connect(signal);
    if (signal.aborted) {
      socket.on("error", () => {}).destroy();
      throw signal.reason;
    }
    const connection = connectionOverSocket(socket, this.options);
    this.current = connection;
    this.open.add(connection);
    connection.session.once("close", () => this.open.delete(connection));
    return connection;
  }

  /** Nobody waits any more: the next call dials anew. */
  private abandon(dial: Dial): void {
    this.dial = undefined;
    dial.controller.abort(new Error("nobody waits for this connection any more"));
  }
}
