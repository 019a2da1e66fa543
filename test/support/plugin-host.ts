import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { join } from "node:path";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";

import { createGrpcClient, type GrpcClient } from "../../provider/grpc";
import { createHostCertificate, type HostCertificate } from "./host-certificate";

/** The compiled fixture provider. */
export const fixtureProgram: string = join(__dirname, "fixture-provider.js");

export const magicCookie = {
  TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
} as const;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface HostOptions {
  /** Added to a clean environment; `undefined` leaves a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  readonly program?: string;
  /** The program is an executable, to be started as Terraform does it; else node runs it. */
  readonly isExecutable?: boolean;
  /** Without it no TLS is asked for. */
  readonly certificate?: HostCertificate | undefined;
}

/** Speaks the host's part of go-plugin with a plugin that it started, as Terraform does. */
export class PluginHost {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = "";
  stderr = "";

  constructor(readonly options: HostOptions = {}) {
    const { env = {}, args = [], program = fixtureProgram, isExecutable, certificate } = options;
    const { PATH, HOME, TMPDIR } = process.env;
    const given: NodeJS.ProcessEnv = {
      PATH,
      HOME,
      TMPDIR,
      ...magicCookie,
      PLUGIN_PROTOCOL_VERSIONS: "5,6",
      PLUGIN_CLIENT_CERT: certificate?.certificatePem,
      ...env,
    };
    const [command, ...before] = isExecutable ? [program] : [process.execPath, "--enable-source-maps", program];
    this.child = spawn(command as string, [...before, ...args], {
      env: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.child, "close").then(([code, signal]) => ({ code, signal }) as Ended);
  }

  /** The fields of the handshake line. */
  async handshake(): Promise<string[]> {
    while (!this.stdout.includes("\n")) {
      const event = await Promise.race([once(this.child.stdout as NodeJS.EventEmitter, "data"), this.ended]);
      if (!Array.isArray(event)) throw new Error(`the plugin ended (${JSON.stringify(event)}):\n${this.stderr}`);
    }
    return this.stdout.slice(0, this.stdout.indexOf("\n")).split("|");
  }

  /** Where the plugin listens, for `net.connect`. */
  async address(): Promise<{ path: string } | { host: string; port: number }> {
    const [, , network, address = ""] = await this.handshake();
    if (network === "unix") return { path: address };
    const [host = "", port] = address.split(":");
    return { host, port: Number(port) };
  }

  /** A plain connection to the plugin's socket. */
  async dial(): Promise<Socket> {
    const socket = connectTcp(await this.address());
    await once(socket, "connect");
    return socket;
  }

  /** A TLS connection that checks the plugin's certificate as Go does: the handshake's own is the only root. */
  async dialTls(certificate: HostCertificate | undefined): Promise<TLSSocket> {
    const field = (await this.handshake())[5] ?? "";
    const der = Buffer.from(field, "base64").toString("base64");
    const options: ConnectionOptions = {
      ...(await this.address()),
      ca: `-----BEGIN CERTIFICATE-----\n${(der.match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`,
      servername: "localhost",
      ALPNProtocols: ["h2"],
      ...(certificate === undefined ? {} : { key: certificate.keyPem, cert: certificate.certificatePem }),
    };
    const socket = connectTls(options);
    await once(socket, "secureConnect");
    return socket;
  }

  /** Calls over one connection, as the host makes them. */
  client(): GrpcClient {
    const { certificate } = this.options;
    return createGrpcClient({
      authority: "unused",
      connect: () => (certificate === undefined ? this.dial() : this.dialTls(certificate)),
    });
  }

  /** Whether the plugin's socket file is there. */
  async hasSocketFile(): Promise<boolean> {
    const [, , network, address = ""] = await this.handshake();
    return network === "unix" && existsSync(address);
  }

  /** Ends the plugin however it stands; for the end of a test. It still removes its socket. */
  async dispose(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    await this.ended;
  }
}

/** A host as Terraform is one: with a certificate of its own. */
export function startHost(options: HostOptions = {}): PluginHost {
  return new PluginHost({ certificate: createHostCertificate(), ...options });
}
