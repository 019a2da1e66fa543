import type { Http2Session } from "node:http2";

/** How long the host may take to connect; it gives up on its own side after the same minute. */
const firstSessionMs = 60_000;

/** After the last session closes: time for what runs to see its signals and end. */
const graceMs = 300;

/**
 * Ends a plugin that nobody uses: a host that crashed or was killed tells nobody, and its plugins would live for ever.
 *
 * A host opens exactly one connection, so the end of the last one is the host's end. Sessions of strangers must not be added.
 */
export class HostConnection {
  private sessions = 0;
  private timer: NodeJS.Timeout;

  constructor(private readonly abandoned: (why: string) => void) {
    this.timer = setTimeout(() => abandoned("no host connected"), firstSessionMs);
  }

  add(session: Http2Session): void {
    this.sessions++;
    clearTimeout(this.timer);
    session.once("close", () => {
      this.sessions--;
      if (this.sessions > 0) return;
      this.timer = setTimeout(() => this.abandoned("the host is gone"), graceMs);
    });
  }
}
