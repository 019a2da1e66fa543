import { join } from "node:path";

import { formatAddress, Problem, parseAddress, parseDurationMs } from "../trust";
import type {
  ConfiguredConnection,
  ConnectionSettings,
  ConnectionsConfig,
  CredentialSource,
  Files,
  RetryBudget,
} from "./cluster";
import { profileAddr } from "./cluster";
import { type ObjectValue, Unknown, type Value } from "./framework";
import { type Arguments, credentialsOf, textOf } from "./provider-credentials";
import { type ArgumentName, environmentNames, joinArguments } from "./provider-schema";

/** What reading the settings needs of the outside. */
export interface SettingsSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly homeDir: string;
}

/** The settings that the provider block and the environment give together. */
export interface ProviderSettings {
  readonly connections: ConnectionsConfig;
  /** About the whole block: what cannot be used at all is an error here, what is wrong with one connection is in `connections`. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

const DEFAULT_DIAL_TIMEOUT_MS = 30_000;
const DEFAULT_RETRY: RetryBudget = { baseMs: 1000, capMs: 5000, maxTries: 10 };

/**
 * Reads the provider block. An argument that is null takes its environment variable, an empty one counts as not set.
 *
 * Unknown arguments make their connection unknown, and no other. Nothing is dialled; only a tsh profile without `addr`
 * is read for its address.
 */
export async function readProviderSettings(
  config: ObjectValue,
  around: SettingsSurroundings,
): Promise<ProviderSettings> {
  const own = withEnvironment(config, around.env);
  const common = {
    dialTimeoutMs: durationOf(own, "dial_timeout_duration") ?? DEFAULT_DIAL_TIMEOUT_MS,
    retry: retryOf(own),
  };
  const [main, clusters] = await Promise.all([
    defaultConnection(own, common, around),
    clusterConnections(config.clusters, common, around),
  ]);
  return {
    connections: { default: main, clusters, clustersUnknown: config.clusters === Unknown },
    problems: joinProblems(own, config),
    warnings: isAddrOnly(own) ? [profileWarning()] : [],
  };
}

interface Common {
  readonly dialTimeoutMs: number;
  readonly retry: RetryBudget;
}

function withEnvironment(config: ObjectValue, env: SettingsSurroundings["env"]): Arguments {
  const pairs = Object.entries(environmentNames).map(([name, variable]): [string, Value] => {
    const written = config[name] ?? null;
    return [name, written === null ? (env[variable] ?? null) : written];
  });
  return new Map(pairs.filter(([, value]) => value !== null && value !== ""));
}

/** What makes a default connection, as opposed to what only tunes one. */
const connecting: readonly ArgumentName[] = [
  "addr",
  "cert_path",
  "key_path",
  "root_ca_path",
  "cert_base64",
  "key_base64",
  "root_ca_base64",
  "profile_name",
  "profile_dir",
  "identity_file_path",
  "identity_file",
  "identity_file_base64",
];

async function defaultConnection(
  own: Arguments,
  common: Common,
  around: SettingsSurroundings,
): Promise<ConfiguredConnection | undefined> {
  const given = connecting.filter((name) => own.has(name));
  if (given.length === 0) return undefined;
  if ([...given, "insecure"].some((name) => own.get(name) === Unknown)) return "unknown";
  const extra: CredentialSource[] = isAddrOnly(own) ? [{ kind: "profile", name: undefined, dir: undefined }] : [];
  return connectionOf("the default connection", own, extra, common, around);
}

/** As the official provider has it: an address alone means the profile of whoever is logged in. */
function isAddrOnly(own: Arguments): boolean {
  const given = connecting.filter((name) => own.has(name));
  return given.length === 1 && given[0] === "addr" && own.get("addr") !== Unknown;
}

function profileWarning(): Problem {
  const what = "the default connection has no credentials; it takes the current tsh profile";
  return new Problem(
    "PROVIDER_ARGUMENT",
    what,
    [],
    "Name the identity that applies: `identity_file_path`, or `profile_name`.",
  );
}

async function clusterConnections(
  clusters: Value | undefined,
  common: Common,
  around: SettingsSurroundings,
): Promise<ReadonlyMap<string, ConfiguredConnection>> {
  if (!(clusters instanceof Map)) return new Map();
  const entries = [...(clusters as ReadonlyMap<string, Value>)].map(async ([key, entry]) => {
    const connection = await clusterConnection(key, entry, common, around);
    return [key, connection] as const;
  });
  return new Map(await Promise.all(entries));
}

async function clusterConnection(
  key: string,
  entry: Value,
  common: Common,
  around: SettingsSurroundings,
): Promise<ConfiguredConnection> {
  if (entry === Unknown) return "unknown";
  const values = Object.entries((entry ?? {}) as ObjectValue).filter(([, value]) => value !== null && value !== "");
  const given: Arguments = new Map(values);
  if (values.some(([, value]) => value === Unknown)) return "unknown";
  const dialTimeoutMs = durationOf(given, "dial_timeout") ?? common.dialTimeoutMs;
  return connectionOf(`cluster "${key}"`, given, [], { ...common, dialTimeoutMs }, around);
}

async function connectionOf(
  owner: string,
  given: Arguments,
  extra: readonly CredentialSource[],
  { dialTimeoutMs, retry }: Common,
  around: SettingsSurroundings,
): Promise<ConfiguredConnection> {
  try {
    const credentials = [...credentialsOf(owner, given), ...extra];
    const addr = textOf(given, "addr") ?? (await addrOfProfile(owner, credentials, around));
    const settings: ConnectionSettings = {
      addr: formatAddress(parseAddress(addr)),
      credentials,
      insecure: insecureOf(given),
      dialTimeoutMs,
      retry,
    };
    return settings;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

async function addrOfProfile(
  owner: string,
  credentials: readonly CredentialSource[],
  { files, homeDir }: SettingsSurroundings,
): Promise<string> {
  const profile = credentials.find((source) => source.kind === "profile");
  const fromProfile =
    profile === undefined
      ? ""
      : await profileAddr(files, profile.dir ?? join(homeDir, ".tsh"), profile.name).catch(() => "");
  if (fromProfile !== "") return fromProfile;
  throw new Problem(
    "PROVIDER_ARGUMENT",
    `${owner} has no \`addr\``,
    [],
    "Set it to the `host:port` of the cluster's web proxy or Auth server.",
  );
}

/** Go's ParseBool, as the official provider reads its environment. */
function insecureOf(given: Arguments): boolean {
  const value = given.get("insecure");
  if (typeof value === "boolean") return value;
  const text = textOf(given, "insecure");
  if (text === undefined || /^(0|f|F|false|False|FALSE)$/.test(text)) return false;
  if (/^(1|t|T|true|True|TRUE)$/.test(text)) return true;
  const variable = environmentNames.insecure;
  throw new Problem(
    "PROVIDER_ARGUMENT",
    `${variable} is ${JSON.stringify(text)}, which is neither true nor false`,
    [],
    "Set it to true or false.",
  );
}

function durationOf(given: Arguments, name: string): number | undefined {
  const text = textOf(given, name);
  return text === undefined ? undefined : parseDurationMs(text);
}

function retryOf(given: Arguments): RetryBudget {
  const tries = textOf(given, "retry_max_tries");
  return {
    baseMs: durationOf(given, "retry_base_duration") ?? DEFAULT_RETRY.baseMs,
    capMs: durationOf(given, "retry_cap_duration") ?? DEFAULT_RETRY.capMs,
    maxTries: tries === undefined ? DEFAULT_RETRY.maxTries : Math.max(1, Number.parseInt(tries, 10) || 1),
  };
}

/** Joining by Machine ID is refused wherever it is asked for; it must not be passed over in favour of something else. */
function joinProblems(own: Arguments, config: ObjectValue): Problem[] {
  const next = "Use an identity file that Machine ID (tbot) writes: `identity_file_path`.";
  return joinArguments
    .filter((name) => own.has(name))
    .map((name) => {
      const isWritten = (config[name] ?? null) !== null;
      const said = isWritten ? `\`${name}\`` : `${environmentNames[name]} (\`${name}\`)`;
      const what = `${said} is set, but this provider cannot join a cluster by itself yet`;
      return new Problem("PROVIDER_ARGUMENT", what, isWritten ? [name] : [], next);
    });
}
