import type { KeyObject } from "node:crypto";
import type { Duplex } from "node:stream";
import type { SshCertificate } from "./certificate";
import { SshConnection, type SshConnectionHandlers } from "./connection";
import type { SshHostKey } from "./host-key";
import { publicKeyFromKeyObject } from "./public-key";
import { SshError } from "./ssh-error";
import { SshTransport } from "./transport";
import { authenticateClient, type SshCredential } from "./user-auth-server";

/** How a server behaves; `Identity` is what it knows of a client that it let in. */
export interface SshServerOptions<Identity> {
  /** Asked for each connection, so that rotated keys are presented from then on. */
  readonly hostKey: () => { readonly privateKey: KeyObject; readonly certificate?: SshCertificate };
  /**
   * Decides who a client is; throws to refuse. Called with keys and certificates that are parsed, not trusted: a
   * certificate has to be checked here (`checkCertificate`), and a plain key is nothing but a key. Proof of possession
   * and `source-address` are seen to by the server.
   */
  readonly authorize: (credential: SshCredential) => Identity;
  /** Says what an authenticated client may do on this connection. */
  readonly connected: (client: SshClient<Identity>, connection: SshConnection) => SshConnectionHandlers;
  /** Somebody was refused, or did not get as far as a credential (`user` is then undefined). */
  readonly refused?: (user: string | undefined, error: SshError) => void;
  /** Real time that a client has until it is authenticated, in milliseconds. */
  readonly handshakeTimeoutMs: number;
}

/** A client that was let in. */
export interface SshClient<Identity> {
  readonly user: string;
  readonly identity: Identity;
  readonly remoteAddress: string | undefined;
}

/** An SSH server for streams that somebody else accepts. */
export class SshServer<Identity> {
  readonly #streams = new Set<Duplex>();
  readonly #connections = new Set<SshConnection>();
  #isClosed = false;

  constructor(private readonly options: SshServerOptions<Identity>) {}

  /** Serves one client. @param remoteAddress its IP address, for certificates that are bound to one */
  attach(stream: Duplex, remoteAddress?: string): void {
    if (this.#isClosed) {
      stream.destroy();
      return;
    }
    this.#streams.add(stream);
    stream.once("close", () => this.#streams.delete(stream));
    void this.#serve(stream, remoteAddress);
  }

  async #serve(stream: Duplex, remoteAddress: string | undefined): Promise<void> {
    let refusedUser: string | undefined;
    try {
      const authenticated = await this.#authenticated(stream, remoteAddress, (user) => {
        refusedUser = user;
      });
      const client = { user: authenticated.user, identity: authenticated.identity, remoteAddress };
      const connection = new SshConnection(authenticated.transport, (created) =>
        this.options.connected(client, created),
      );
      this.#connections.add(connection);
      await connection.whenClosed;
      this.#connections.delete(connection);
    } catch (error) {
      // Refused credentials were reported one by one; what remains is a peer that did not come so far.
      if (refusedUser === undefined && !this.#isClosed) this.options.refused?.(undefined, asSshError(error));
      stream.destroy();
    }
  }

  async #authenticated(stream: Duplex, remoteAddress: string | undefined, refused: (user: string) => void) {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(new Error("timeout")), this.options.handshakeTimeoutMs);
    try {
      const transport = await SshTransport.accept(stream, this.#hostKey(), timeout.signal);
      timeout.signal.addEventListener("abort", () =>
        transport.fail(
          new SshError("closed", `client did not authenticate within ${this.options.handshakeTimeoutMs} ms`),
        ),
      );
      const client = await authenticateClient(transport, {
        authorize: this.options.authorize,
        onRefused: (user, error) => {
          refused(user);
          this.options.refused?.(user, error);
        },
        remoteAddress,
      });
      return { transport, ...client };
    } finally {
      clearTimeout(timer);
    }
  }

  #hostKey(): SshHostKey {
    const { privateKey, certificate } = this.options.hostKey();
    const publicKey = publicKeyFromKeyObject(privateKey);
    return { privateKey, publicKey, ...(certificate === undefined ? {} : { certificate }) };
  }

  /** Ends all connections; resolves when every stream is closed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const connection of this.#connections) connection.end();
    const streams = [...this.#streams];
    const closed = streams.map((stream) => new Promise<void>((done) => stream.once("close", () => done())));
    // Lets the good-byes go out first; a peer that does not read must not hold us.
    await new Promise((done) => setImmediate(done));
    for (const stream of streams) stream.destroy();
    await Promise.all(closed);
  }
}

function asSshError(error: unknown): SshError {
  return error instanceof SshError ? error : new SshError("malformed", String(error), { cause: error });
}
