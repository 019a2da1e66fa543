import { RemoteClusterV3 } from "./gen/teleport/types/remote_cluster";
import type { Timestamp } from "./messages";

type Json = Readonly<Record<string, unknown>>;

/**
 * A remote cluster out of the legacy HTTP API's JSON.
 *
 * @throws Error with `protocol error:` when it is not the form of such an object
 */
export function remoteClusterFromJson(json: unknown): RemoteClusterV3 {
  const object = record(json);
  const metadata = record(object?.metadata);
  if (object === undefined || metadata === undefined || typeof metadata.name !== "string") {
    throw new Error("protocol error: the answer is no remote cluster");
  }
  const status = record(object.status);
  return RemoteClusterV3.fromPartial({
    kind: text(object.kind),
    sub_kind: text(object.sub_kind),
    version: text(object.version),
    metadata: {
      name: metadata.name,
      description: text(metadata.description),
      labels: labels(metadata.labels),
      expires: timestamp(metadata.expires),
      revision: text(metadata.revision),
    },
    status: { connection: text(status?.connection), last_heartbeat: timestamp(status?.last_heartbeat) },
  });
}

/** Several of them; JSON's `null` is Go's empty list. */
export function remoteClustersFromJson(json: unknown): RemoteClusterV3[] {
  if (json === null) return [];
  if (!Array.isArray(json)) throw new Error("protocol error: the answer is no list of remote clusters");
  return json.map(remoteClusterFromJson);
}

function record(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function labels(value: unknown): Record<string, string> {
  const pairs = Object.entries(record(value) ?? {}).filter(
    (pair): pair is [string, string] => typeof pair[1] === "string",
  );
  return Object.fromEntries(pairs);
}

/** RFC 3339 with any number of decimals. */
function timestamp(value: unknown): Timestamp | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text(value));
  if (!match) return undefined;
  const seconds = Date.parse(`${match[1]}${match[3]}`) / 1000;
  return { seconds: BigInt(seconds), nanos: Number((match[2] ?? "0").padEnd(9, "0")) };
}
