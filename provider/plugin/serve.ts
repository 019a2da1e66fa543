import { randomBytes } from "node:crypto";
import type { Http2SecureServer, Http2Server, ServerHttp2Session } from "node:http2";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import type { TLSSocket } from "node:tls";

import { type GrpcServerOptions, grpcStreamListener, type Route } from "../grpc";
import { type AutoMtls, createAutoMtls } from "./auto-mtls";
import { createSelfSigned } from "./certificate";
import { controllerRoute } from "./controller";
import { handshakeLine, hasCookie, type MagicCookie, strayStartText } from "./handshake";
import { HostConnection } from "./host-connection";
import { crashText, writeFully } from "./last-words";
import { LateRoutes } from "./late-routes";
import type { Log } from "./log";
import { reattachText } from "./reattach";
import { listenLocally, removeSocket } from "./socket";

/** What a plugin is, apart from its services. */
export interface PluginOptions {
  /** Name of the program and where its bugs are reported, for texts to people. */
  readonly program: string;
  readonly reportTo: string;
  readonly cookie: MagicCookie;
  /** Major version of the protocol that the routes serve. */
  readonly protocolVersion: number;
  /** What a configuration calls this plugin, for `TF_REATTACH_PROVIDERS`. */
  readonly providerAddress: string;
  /** Serve whoever connects, without TLS, until Ctrl-C; nobody needs to have started us. */
  readonly debug: boolean;
  /** Longest request that is taken. */
  readonly maxMessageBytes: number;
  readonly log: Log;
  /** Gives the services; called after the handshake line, so that loading them does not keep the host waiting. */
  loadRoutes(): Promise<readonly Route[]>;
}

/** The host is a program that trusts us, over a local socket: these only keep Node's defaults out of the way. */
const sessionOptions = { maxSessionMemory: 1024, settings: { initialWindowSize: 4 * 1024 * 1024 } };
const connectionWindowBytes = 16 * 1024 * 1024;

/** Exit code of a crash; Go's is the same. */
const crashed = 2;

/**
 * Serves as a go-plugin plugin until the host has finished, then ends the process.
 *
 * It takes the process over: signals, crashes, standard output and the exit are its own from here.
 */
export async function servePlugin(process: NodeJS.Process, options: PluginOptions): Promise<void> {
  if (!options.debug && !hasCookie(process.env, options.cookie)) {
    writeFully(2, strayStartText(options.program));
    process.exit(1);
  }
  const die = (error: unknown): never => {
    writeFully(2, crashText(error, options.program, options.reportTo));
    process.exit(crashed);
  };
  process.on("uncaughtException", die);
  try {
    await serve(process, options);
  } catch (error) {
    die(error);
  }
}

async function serve(process: NodeJS.Process, options: PluginOptions): Promise<void> {
  const tls = options.debug ? undefined : autoMtls(process.env);
  const listener = createServer();
  const address = await listenLocally(listener, socketOptions(process, tls !== undefined));
  process.on("exit", () => removeSocket(address));
  endBySignal(process, options.debug);
  announce(process, options, { address, certificateField: tls?.certificateField ?? "" });
  // Up to here nothing but the handshake line: the host reads it while the rest is loaded. No connection is lost, since
  // none is accepted before this function lets go of the event loop.
  const routes = new LateRoutes([controllerRoute(() => process.exit(0))], options.loadRoutes);
  const server = createHttp2Server(process, tls);
  listener.on("connection", (socket) => server.emit("connection", socket));
  listener.on("error", (error) => options.log.error("the plugin's socket failed", { error }));
  acceptHost(server, tls, hostConnection(process, options), options.log);
  server.on("stream", grpcStreamListener(serverOptions(routes, options)));
  await routes.load();
}

function serverOptions(routes: LateRoutes, { maxMessageBytes, log }: PluginOptions): GrpcServerOptions {
  return {
    find: (path) => routes.find(path),
    maxMessageBytes,
    onHandlerError: (path, error) => log.error("a handler failed", { path, error }),
  };
}

/** Without a client certificate the host wants no TLS at all (`TF_DISABLE_PLUGIN_TLS`, or a test's harness). */
function autoMtls(env: NodeJS.ProcessEnv): AutoMtls | undefined {
  const clientCertificate = env.PLUGIN_CLIENT_CERT;
  if (clientCertificate === undefined || clientCertificate === "") return undefined;
  return createAutoMtls(clientCertificate, createSelfSigned(Date.now(), randomBytes(16)));
}

/** Not by an import: node:http2 and node:tls take 5 ms to load, and the host has its line before. */
function createHttp2Server(process: NodeJS.Process, tls: AutoMtls | undefined): Http2Server | Http2SecureServer {
  const http2 = process.getBuiltinModule("node:http2");
  if (tls === undefined) return http2.createServer(sessionOptions);
  return http2.createSecureServer({ ...sessionOptions, ...tls.serverOptions });
}

/** Debugged, the process is a person's: it stays until they end it. */
function hostConnection(process: NodeJS.Process, { debug, log }: PluginOptions): HostConnection | undefined {
  if (debug) return undefined;
  return new HostConnection((why) => {
    log.warn("ending the plugin", { why });
    process.exit(0);
  });
}

/** Lets the host in and nobody else; a stranger's connection ends before its first request is read. */
function acceptHost(
  server: Http2Server | Http2SecureServer,
  tls: AutoMtls | undefined,
  connection: HostConnection | undefined,
  log: Log,
): void {
  server.on("session", (session: ServerHttp2Session) => {
    if (tls !== undefined && !tls.isHost(session.socket as TLSSocket)) {
      log.warn("refused a connection that does not hold the host's certificate");
      session.destroy();
      return;
    }
    session.on("error", (error) => log.debug("the connection to the host failed", { error }));
    session.setLocalWindowSize(connectionWindowBytes);
    connection?.add(session);
  });
}

function socketOptions({ env, platform }: NodeJS.Process, allowTcp: boolean) {
  const asked = env.PLUGIN_UNIX_SOCKET_DIR;
  const folders = asked === undefined || asked === "" ? [tmpdir(), "/tmp"] : [asked, tmpdir(), "/tmp"];
  const group = env.PLUGIN_UNIX_SOCKET_GROUP;
  return {
    platform,
    folders: [...new Set(folders)],
    unique: randomBytes(8).toString("hex"),
    group: group === "" ? undefined : group,
    allowTcp,
  };
}

/**
 * Ctrl-C in a terminal reaches every process of the group; the host then asks its plugins to stop in its own way, so a plugin ignores
 * it. Other signals end the process as they would anyway, but leave no socket behind.
 */
function endBySignal(process: NodeJS.Process, debug: boolean): void {
  process.on("SIGINT", () => {
    if (debug) process.exit(0);
  });
  process.on("SIGTERM", () => process.exit(143));
  process.on("SIGHUP", () => process.exit(129));
}

function announce(
  { env, pid, platform }: NodeJS.Process,
  { debug, protocolVersion, providerAddress }: PluginOptions,
  at: Pick<Parameters<typeof handshakeLine>[0], "address" | "certificateField">,
): void {
  const multiplexAsked = (env.PLUGIN_MULTIPLEX_GRPC ?? "") !== "";
  const text = debug
    ? reattachText({ providerAddress, protocolVersion, pid, address: at.address }, platform)
    : handshakeLine({ protocolVersion, multiplexAsked, ...at });
  // Not process.stdout: it costs module loads, and nothing else is ever written there.
  writeFully(1, text);
}
