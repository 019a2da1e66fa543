import { Problem } from "../../trust";
import type { Cluster } from "./cluster";
import { createCluster, type OwnedCluster } from "./create-cluster";
import type { CredentialSource } from "./credential-material";
import type { CredentialSurroundings } from "./credentials";
import { nearestName } from "./nearest-name";
import { once } from "./once";
import type { RetryBudget, RetrySurroundings } from "./retry";
import { systemCertificates } from "./system-certificates";
import { type WebInfo, webPing } from "./web-ping";

/** One connection's settings, complete: defaults and environment are already applied. */
export interface ConnectionSettings {
  /** `host:port`. */
  readonly addr: string;
  /** Tried in this order; an expired or refused one gives way to the next. */
  readonly credentials: readonly CredentialSource[];
  /** Do not verify the proxy's *web* certificate. The cluster's own certificates are always verified. */
  readonly insecure: boolean;
  readonly dialTimeoutMs: number;
  readonly retry: RetryBudget;
}

/** A connection that the configuration names: its settings, why they cannot be used, or `"unknown"` before apply. */
export type ConfiguredConnection = ConnectionSettings | Problem | "unknown";

/** All that the configuration says. */
export interface ConnectionsConfig {
  readonly default: ConfiguredConnection | undefined;
  readonly clusters: ReadonlyMap<string, ConfiguredConnection>;
  /** The whole `clusters` map is not known before apply: any key may exist. */
  readonly clustersUnknown: boolean;
}

/** What the calls need of the outside; given by main.ts, or by a test. */
export interface Surroundings extends RetrySurroundings, CredentialSurroundings {
  /** Milliseconds of a clock that only runs forward. */
  readonly monotonic: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** All connections of one provider process. */
export interface Connections {
  /**
   * The cluster of that key, or of the default connection. Dials nothing.
   *
   * @param where the attribute that names the connection, for the problem; `cluster` when absent
   * @throws Problem CONNECTION_NOT_CONFIGURED when there is no such connection
   * @throws Problem CONNECTION_UNKNOWN when its settings are not known before apply
   */
  get(key?: string, where?: readonly (string | number)[]): Cluster;
  /** Whether `get` would give a cluster, and if not, why. */
  status(key?: string): "configured" | "unknown" | "absent";
  /**
   * Why a connection that is configured cannot be used, as far as that is known without a server: its settings, or all of its credentials.
   * Undefined also while its settings are unknown. Reads files, dials nothing.
   */
  fault(key: string | undefined, signal: AbortSignal): Promise<Problem | undefined>;
  /** The keys of `clusters`, in the order of the configuration. */
  keys(): readonly string[];
  /** `/webapi/ping` of any proxy, by its `host:port`; asked once a process. */
  webPing(addr: string, options: { readonly insecure: boolean }, signal: AbortSignal): Promise<WebInfo>;
  /** What is wrong with any connection's credentials without being an error yet. Reads files, dials nothing. */
  credentialWarnings(signal: AbortSignal): Promise<readonly Problem[]>;
  /** Ends all connections; calls under way are rejected. */
  close(): Promise<void>;
}

/** Proxies are asked with this patience; connections have their own. */
const WEB_TIMEOUT_MS = 30_000;

/** Makes the connections of a process. Reads no file, dials nothing. */
export function createConnections(config: ConnectionsConfig, around: Surroundings): Connections {
  const open = new Map<string | undefined, OwnedCluster>();
  const askWeb = createAskWeb(around);

  const find = (key: string | undefined) => (key === undefined ? config.default : config.clusters.get(key));

  const own = (key: string | undefined, settings: ConnectionSettings): OwnedCluster => {
    const made = open.get(key) ?? createCluster(key, settings, around, askWeb);
    open.set(key, made);
    return made;
  };

  const status = (key?: string) => {
    const found = find(key);
    if (found === "unknown" || (found === undefined && key !== undefined && config.clustersUnknown)) return "unknown";
    return found === undefined ? "absent" : "configured";
  };

  return {
    get(key, where = ["cluster"]) {
      const settings = find(key);
      if (settings === "unknown" || status(key) === "unknown") throw unknownYet(key, where);
      if (settings === undefined) throw notConfigured(key, config, where);
      if (settings instanceof Problem) throw settings;
      return own(key, settings).cluster;
    },
    status,
    async fault(key, signal) {
      const settings = find(key);
      if (settings instanceof Problem) return settings;
      if (!isSettings(settings)) return undefined;
      try {
        await own(key, settings).loadCredentials(signal);
        return undefined;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Problem) return error;
        throw error;
      }
    },
    keys: () => [...config.clusters.keys()],
    webPing: (addr, { insecure }, signal) => askWeb(addr, insecure, signal),
    credentialWarnings: async (signal) => {
      const all = [[undefined, config.default] as const, ...config.clusters];
      const usable = all.flatMap(([key, settings]) => (isSettings(settings) ? [own(key, settings)] : []));
      // What cannot be loaded is told by the call that needs it, if one does.
      const loaded = usable.map((each) => each.loadCredentials(signal).catch(() => []));
      return (await Promise.all(loaded)).flat();
    },
    close: async () => {
      await Promise.all([...open.values()].map((each) => each.close()));
      open.clear();
    },
  };
}

function isSettings(connection: ConfiguredConnection | undefined): connection is ConnectionSettings {
  return typeof connection === "object" && !(connection instanceof Problem);
}

function createAskWeb(around: Surroundings) {
  const answers = new Map<string, (signal: AbortSignal) => Promise<WebInfo>>();
  const authorities = once(() => systemCertificates(around.files, around.env));
  return (addr: string, insecure: boolean, signal: AbortSignal): Promise<WebInfo> => {
    const name = `${insecure ? "insecure" : "verified"} ${addr}`;
    const ask =
      answers.get(name) ??
      once((limit) => {
        const tunnelOverride = around.env.TELEPORT_TUNNEL_PUBLIC_ADDR;
        const options = { insecure, timeoutMs: WEB_TIMEOUT_MS, authorities: () => authorities(limit), tunnelOverride };
        return webPing(addr, options, limit);
      });
    answers.set(name, ask);
    return ask(signal);
  };
}

function unknownYet(key: string | undefined, where: readonly (string | number)[]): Problem {
  const whom = key === undefined ? "the default connection" : `the connection "${key}"`;
  return new Problem(
    "CONNECTION_UNKNOWN",
    `the settings of ${whom} are not known before apply`,
    where,
    "Give the provider values that are known at plan, or split the apply: first what makes them (`terraform apply -target=…`), then the rest.",
  );
}

function notConfigured(
  key: string | undefined,
  config: ConnectionsConfig,
  where: readonly (string | number)[],
): Problem {
  const keys = [...config.clusters.keys()];
  if (key === undefined) {
    const entries =
      keys.length === 0 ? "" : ` (\`clusters\` has ${listed(keys)}, which are used only where \`cluster\` names them)`;
    return new Problem(
      "CONNECTION_NOT_CONFIGURED",
      `the provider has no default connection${entries}`,
      where,
      keys.length === 0
        ? "Set `addr` and an identity in the provider block, or add an entry to `clusters` and name it in `cluster`."
        : "Name an entry of `clusters` in `cluster` (in an import id: `<cluster>/<name>`), or set `addr` and an identity in the provider block.",
    );
  }
  const nearest = nearestName(key, keys);
  const hint = keys.length === 0 ? "It has none at all; add it." : `It has ${listed(keys)}.`;
  return new Problem(
    "CONNECTION_NOT_CONFIGURED",
    `cluster "${key}" is not in the provider's \`clusters\``,
    where,
    nearest === undefined ? hint : `Did you mean "${nearest}"? ${hint}`,
  );
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `"${name}"`);
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}
