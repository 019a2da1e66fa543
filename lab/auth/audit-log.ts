/**
 * Who came by SSH, and as whom. Of a refused login everything but `login` may be missing, and what is there is what the
 * certificate says: nobody may have got as far as checking it.
 */
export interface AuditLogin {
  /** Account on the node. */
  readonly login: string;
  /** Host name of the node; absent at a proxy. */
  readonly node?: string;
  /** User of the certificate, as its own cluster calls it. */
  readonly certificateUser?: string;
  /** Cluster that issued the certificate: a root's name when one of its users comes to a leaf. */
  readonly userCluster?: string;
  /** Roles of the certificate. */
  readonly certificateRoles?: readonly string[];
  /** What this cluster makes of them: the roles that its role map gives to a root's user. */
  readonly roles?: readonly string[];
}

/** One audit event, in the server's own words. Never holds a token: those stand as `sha256:<hex>`. */
export interface AuditEvent {
  /** Such as `trusted_cluster.create`, `role.updated`, `provision_token.create`. */
  readonly event: string;
  /** Name of the cluster that it happened in. */
  readonly cluster: string;
  /** Epoch milliseconds by the lab's clock. */
  readonly timeMs: number;
  /** Who did it, as the cluster knows the caller. */
  readonly user: string;
  /** Name of the object that it is about; a token's by hash. */
  readonly name: string;
  readonly success: boolean;
  /** The server's words when it did not succeed, or other plain facts. */
  readonly detail?: string;
  /** Of logins and sessions: who came. */
  readonly login?: AuditLogin;
}

const maxEvents = 10_000;

/** The audit events of one cluster: kept, and told to listeners as they happen. */
export class AuditLog {
  readonly #events: AuditEvent[] = [];
  readonly #listeners = new Set<(event: AuditEvent) => void>();

  /** The latest events, oldest first (10 000 at most: a lab may stand for days). */
  get events(): readonly AuditEvent[] {
    return [...this.#events];
  }

  /** Keeps an event and tells it to all listeners. */
  emit(event: AuditEvent): void {
    this.#events.push(event);
    if (this.#events.length > maxEvents) this.#events.shift();
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Calls `listener` for each later event until the returned function is called. */
  onEvent(listener: (event: AuditEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The next event of that name, from now on; rejects when `signal` aborts. */
  next(event: string, signal?: AbortSignal): Promise<AuditEvent> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        stop();
        reject(signal?.reason);
      };
      const stop = this.onEvent((seen) => {
        if (seen.event !== event) return;
        stop();
        signal?.removeEventListener("abort", abort);
        resolve(seen);
      });
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}
