import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";

import type { Acceptance } from "./acceptance";
import type { Standstill } from "./process-places";

/** The variable by which the command gets what it keeps. */
export const storedVariable = "INVITATION";

/**
 * The store's program: keeps the value, stands still until it is told its exit code, and says the value loudly where it succeeds. (Terraform hides the
 * output of a command with a sensitive environment, but not where the command fails: whoever hands a value over is told so.)
 */
const program = `
const [, , file, socket] = process.argv;
require("node:fs").writeFileSync(file, process.env.${storedVariable}, { mode: 0o600 });
require("node:net").connect(socket).on("data", ([code]) => {
  process.exitCode = code;
  if (code === 0) console.log(process.env.${storedVariable});
});
`;

/**
 * The command of a secret store, as whoever hands invitations over has one: a real program that gets the value by its
 * environment and keeps it outside of the work directory. Each time it stands still until somebody has looked at it.
 */
export class SecretStore implements Standstill, AsyncDisposable {
  /** What a `local-exec` runs. */
  readonly command: string;
  /** Exit code of the next runs: a store can be out of order. */
  exitCode = 0;
  readonly #file: string;
  readonly #server: Server;

  private constructor(acceptance: Acceptance, server: Server, socket: string) {
    this.#file = acceptance.file("stored", "");
    this.#server = server;
    this.command = [process.execPath, acceptance.file("store.js", program), this.#file, socket].join(" ");
  }

  static async open(acceptance: Acceptance): Promise<SecretStore> {
    const server = createServer();
    const socket = acceptance.path("store.sock");
    server.listen(socket);
    await once(server, "listening");
    return new SecretStore(acceptance, server, socket);
  }

  /** What was handed over last. */
  get stored(): string {
    return readFileSync(this.#file, "utf8");
  }

  async next(): Promise<() => void> {
    const [socket] = (await once(this.#server, "connection")) as [Socket];
    return () => void socket.end(Buffer.of(this.exitCode));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    await once(this.#server, "close");
  }
}
