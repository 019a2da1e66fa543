import {
  createTokenName,
  formatTime,
  Problem,
  parseDurationMs,
  publicId,
  type Secret,
  type Time,
  timeFromMs,
  validateLabelKeys,
} from "../../trust";
import { type Api, type Cluster, ProvisionTokenV2 } from "../cluster";
import { type EphemeralResource, type Json, type ObjectValue, types, type Value } from "../framework";

const DEFAULT_TTL = "5m";
/** Shorter ones could end before Terraform has asked for the first renewal. */
const SHORTEST_TTL_MS = 30_000;

/** What renew and close are handed; Terraform keeps it in memory only. */
interface Opened {
  readonly cluster: string | null;
  readonly token: string;
  readonly ttlMs: number;
}

/** `teleport_provision_token`: a join token that exists while Terraform runs. */
export const provisionTokenEphemeral: EphemeralResource<Api> = {
  typeName: "teleport_provision_token",
  schema: {
    description:
      "A join token that is made when Terraform needs it, prolonged while it does, deleted afterwards, and stored nowhere. Terraform opens it in `plan` too, so every plan makes and removes one; for trusts prefer `teleport_trust`, which makes its own token only when it joins.",
    attributes: {
      cluster: {
        type: types.string,
        mode: "optional",
        description: "Key of the provider's `clusters` that makes the token; the default connection when absent.",
      },
      roles: {
        type: types.list(types.string),
        mode: "required",
        description: "System roles that the token gives, such as `Trusted_cluster` or `Node`.",
        validate: [isNotEmpty],
      },
      ttl: {
        type: types.string,
        mode: "optional",
        description: `How long the token outlives a killed Terraform, such as \`10m\`. At least \`30s\`. Default: \`${DEFAULT_TTL}\`.`,
        validate: [isLongEnough],
      },
      labels: {
        type: types.map(types.string),
        mode: "optional",
        description:
          "Labels of the token. Those of a `Trusted_cluster` token become the labels of the leaf that joins with it, and hide it from roles without `cluster_labels`.",
        validate: [(value) => validateLabelKeys((value as ReadonlyMap<string, Value>).keys())],
      },
      token: { type: types.string, mode: "computed", sensitive: true, description: "The token: the secret itself." },
      expires: { type: types.string, mode: "computed", description: "When it ends unless it is prolonged (RFC 3339)." },
    },
  },

  async open(config, { api, signal, now }) {
    const key = typeof config.cluster === "string" ? config.cluster : null;
    const cluster = clusterOf(api, key);
    const ttlMs = parseDurationMs(typeof config.ttl === "string" ? config.ttl : DEFAULT_TTL);
    const { clusterName } = await cluster.ping(signal);
    const name = createTokenName(publicId(`${clusterName}/ephemeral`), api.randomBytes);
    const expires = timeFromMs(now() + ttlMs);
    await cluster.tokens.create(messageOf(name, config, expires), signal);
    const opened: Opened = { cluster: key, token: name.reveal(), ttlMs };
    return {
      result: { ...config, token: name.reveal(), expires: formatTime(expires) },
      private: opened as unknown as Json,
      renewAtMs: renewAt(api, ttlMs),
    };
  },

  async renew(privateState, { api, signal, now }) {
    const { cluster: key, token, ttlMs } = privateState as unknown as Opened;
    const cluster = clusterOf(api, key);
    const stored = await cluster.tokens.get(token, signal);
    if (stored === undefined) throw goneTooEarly(cluster);
    await cluster.tokens.upsert(withExpiry(stored, timeFromMs(now() + ttlMs)), signal);
    return { private: privateState, renewAtMs: renewAt(api, ttlMs) };
  },

  async close(privateState, { api, signal }) {
    const { cluster, token } = privateState as unknown as Opened;
    await clusterOf(api, cluster).tokens.delete(token, signal);
  },
};

function clusterOf({ connections }: Api, key: string | null): Cluster {
  return connections.get(key ?? undefined);
}

/** Half-way, by the machine's own clock: that is the one which Terraform waits by. */
function renewAt({ wallClock }: Api, ttlMs: number): number {
  return wallClock() + ttlMs / 2;
}

function messageOf(name: Secret, config: ObjectValue, expires: Time): ProvisionTokenV2 {
  const labels = config.labels instanceof Map ? Object.fromEntries(config.labels as Map<string, string>) : {};
  const message = ProvisionTokenV2.fromPartial({
    kind: "token",
    version: "v2",
    metadata: { name: name.reveal(), labels },
    spec: { roles: [...(config.roles as readonly string[])], join_method: "token" },
  });
  return withExpiry(message, expires);
}

function withExpiry(message: ProvisionTokenV2, { seconds, nanos }: Time): ProvisionTokenV2 {
  const expires = { seconds: BigInt(seconds), nanos };
  return message.metadata === undefined ? message : { ...message, metadata: { ...message.metadata, expires } };
}

function goneTooEarly(cluster: Cluster): Problem {
  const what = `the provision token that was made in ${cluster.title} is gone before its time`;
  const next =
    "Somebody removed it, or it ended because Terraform stood still longer than `ttl`; run again, with a longer `ttl`.";
  return new Problem("API_NOT_FOUND", what, [], next);
}

function* isNotEmpty(value: Value): Iterable<Problem> {
  if (!Array.isArray(value) || value.length > 0) return;
  yield new Problem("API_INVALID", "the token has no roles", [], 'Name at least one, such as "Trusted_cluster".');
}

function* isLongEnough(value: Value): Iterable<Problem> {
  if (typeof value !== "string") return;
  try {
    if (parseDurationMs(value) >= SHORTEST_TTL_MS) return;
    yield new Problem("API_INVALID", `${JSON.stringify(value)} is too short`, [], "Write `30s` or more.");
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    yield error;
  }
}
