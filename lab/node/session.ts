import { finished, Writable } from "node:stream";

import type { SshChannel, SshChannelOpening, SshChannelRequest } from "../ssh";
import { WireReader, WireWriter } from "../ssh";
import type { Account } from "./account";
import type { CommandControl, CommandOutcome, CommandOutput } from "./child-process";
import { runCommand } from "./commands";
import { runShell } from "./shell";

/** What a session tells its node. */
export interface SessionEvents {
  /** Something is about to run: a command line, or `undefined` for a shell. */
  readonly started: (command: string | undefined) => void;
  /** It has ended, and so has the session. */
  readonly ended: (command: string | undefined, outcome: CommandOutcome) => void;
}

/** Signals that a client may send (RFC 4254 §6.9), without their `SIG`. */
const signalNames = new Set(["HUP", "INT", "QUIT", "KILL", "PIPE", "ALRM", "TERM", "USR1", "USR2"]);

/** One channel of type `session` (RFC 4254 §6): one command, or one shell, on an account of a node. */
export class Session {
  readonly #channel: SshChannel;
  readonly #ended = new AbortController();
  readonly #control: CommandControl = { kill: undefined, ended: this.#ended.signal };
  #columns = 0;
  #isRunning = false;
  #done: Promise<void> = Promise.resolve();

  /** @param account asked for when something is to run, as making its folder is only then of use */
  constructor(
    opening: SshChannelOpening,
    private readonly account: () => Account,
    private readonly events: SessionEvents,
  ) {
    this.#channel = opening.accept((request) => this.#onRequest(request));
    void this.#channel.whenClosed.then(() => this.#ended.abort());
  }

  /** Resolves when the channel is closed and what ran in it is gone. */
  get whenEnded(): Promise<void> {
    return this.#channel.whenClosed.then(() => this.#done);
  }

  #onRequest({ type, payload }: SshChannelRequest): boolean {
    const handle = Object.hasOwn(this.#requests, type) ? this.#requests[type] : undefined;
    return handle?.(new WireReader(payload, `request ${type}`)) ?? false;
  }

  /** Environment, agents, X11 and subsystems are refused: nothing here would use them. */
  readonly #requests: Readonly<Record<string, (reader: WireReader) => boolean>> = {
    "pty-req": (reader) => {
      reader.text();
      this.#columns = reader.uint32() || 80;
      return !this.#isRunning;
    },
    "window-change": (reader) => {
      this.#columns = reader.uint32() || this.#columns;
      return true;
    },
    exec: (reader) => this.#start(reader.text()),
    shell: () => this.#start(undefined),
    signal: (reader) => this.#signal(reader.text()),
  };

  #signal(name: string): boolean {
    if (!signalNames.has(name) || this.#control.kill === undefined) return false;
    this.#control.kill(`SIG${name}` as NodeJS.Signals);
    return true;
  }

  #start(command: string | undefined): boolean {
    if (this.#isRunning) return false;
    this.#isRunning = true;
    this.#done = this.#run(command);
    return true;
  }

  async #run(command: string | undefined): Promise<void> {
    // The client is told that its request was taken before it hears what comes of it.
    await new Promise((resolve) => setImmediate(resolve));
    this.events.started(command);
    let outcome: CommandOutcome = { status: 1 };
    try {
      const output = this.#output();
      const account = this.account();
      if (command === undefined) outcome = await runShell(this.#shellInput(), account, output, this.#control);
      else outcome = await runCommand(command, account, output, this.#control, this.#channel);
    } catch (error) {
      await this.#channel.writeStderr(`${String(error)}\n`);
    }
    this.events.ended(command, outcome);
    await this.#close(outcome);
  }

  /** On a terminal everything goes to its screen, and lines end as screens want it: no kernel does that here. */
  #output(): CommandOutput {
    if (this.#columns === 0) {
      return {
        write: (data) => this.#write(Buffer.from(data)),
        writeError: (data) => this.#channel.writeStderr(data),
      };
    }
    const write = (data: Buffer | string) =>
      this.#write(Buffer.from(Buffer.from(data).toString("latin1").replace(/\r?\n/g, "\r\n"), "latin1"));
    return { write, writeError: write };
  }

  #write(data: Buffer): Promise<void> {
    // A channel that is gone calls back with an error, which is no news to anybody.
    return new Promise((resolve) => this.#channel.write(data, () => resolve()));
  }

  #shellInput() {
    const lines = this.#channel;
    if (this.#columns === 0) return { lines };
    const columns = () => this.#columns;
    const screen = new Writable({
      write: (data: Buffer, _encoding, done) => void this.#write(data).then(() => done()),
    });
    // By this the editor knows where a long line wraps.
    Object.defineProperty(screen, "columns", { get: columns });
    return { lines, screen };
  }

  /** Says how it ended, and closes: a client with a terminal never says that its input has ended. */
  async #close(outcome: CommandOutcome): Promise<void> {
    if ("status" in outcome) this.#channel.notify("exit-status", new WireWriter().uint32(outcome.status).done());
    else {
      const signal = new WireWriter().string(outcome.signal.replace(/^SIG/, "")).boolean(false).string("").string("");
      this.#channel.notify("exit-signal", signal.done());
    }
    const written = new Promise<void>((resolve) => finished(this.#channel, { readable: false }, () => resolve()));
    this.#channel.end();
    await written;
    this.#channel.destroy();
  }
}
