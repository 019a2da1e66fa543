import { formatDurationMs, formatTime, Problem, parseDurationMs, timeFromMs } from "../../trust";
import { type Api, type Cluster, findGenerations, type TokenOfGeneration } from "../cluster";
import { type CallContext, type EphemeralResource, type ObjectValue, types, type Value } from "../framework";

/** `teleport_rotating_token`: the value of the newest generation, for whoever hands it over. Writes nothing. */
export const rotatingTokenEphemeral: EphemeralResource<Api> = {
  typeName: "teleport_rotating_token",
  schema: {
    description:
      "The value of a `teleport_rotating_token`'s newest generation, read from the cluster when Terraform needs it and stored nowhere. It is accepted for at least `overlap` more, or this fails and asks for an apply.",
    attributes: {
      cluster: {
        type: types.string,
        mode: "optional",
        description: "Key of the provider's `clusters` that issues the token; the default connection when absent.",
      },
      name: { type: types.string, mode: "required", description: "The resource's `name`." },
      generation: {
        type: types.number,
        mode: "required",
        description:
          "The resource's `generation`. It is unknown in a plan that rotates, so that the value is read after the rotation.",
      },
      overlap: {
        type: types.string,
        mode: "required",
        description: "The resource's `overlap`, as a duration: a value that ends sooner is not handed out.",
        validate: [durationProblems],
      },
      token: {
        type: types.string,
        mode: "computed",
        sensitive: true,
        description: "The invitation token: the secret itself.",
      },
      expires: {
        type: types.string,
        mode: "computed",
        description: "Until when it is accepted unless it is rotated (RFC 3339).",
      },
    },
  },

  async open(config, context) {
    const { cluster, name, overlapMs } = argumentsOf(config, context);
    const found = await findGenerations(cluster, name, context.signal);
    const nowMs = context.now();
    const newest = found.find(({ expiresMs }) => expiresMs > nowMs);
    if (newest === undefined || newest.generation < Number(config.generation)) {
      throw missing(cluster, name, Number(config.generation));
    }
    if (newest.expiresMs - nowMs < overlapMs) throw endsTooSoon(cluster, name, newest, overlapMs);
    const { metadata } = newest.message;
    const expires = Number.isFinite(newest.expiresMs) ? formatTime(timeFromMs(newest.expiresMs)) : null;
    return { result: { ...config, token: metadata?.name ?? "", expires } };
  },
};

function argumentsOf(config: ObjectValue, { api }: CallContext<Api>) {
  const cluster = api.connections.get(typeof config.cluster === "string" ? config.cluster : undefined);
  return { cluster, name: String(config.name), overlapMs: parseDurationMs(String(config.overlap)) };
}

function* durationProblems(value: Value): Iterable<Problem> {
  try {
    parseDurationMs(String(value));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    yield error;
  }
}

const applyFirst =
  "Apply first, with a refresh: that makes a new generation. Hand the value over in the same configuration, so that it is read after that.";

function missing(cluster: Cluster, name: string, generation: number): Problem {
  const what = `generation ${generation} of the rotating token "${name}" is not in ${cluster.title}: it expired, or somebody removed it`;
  return new Problem("ROTATION_APPLY_FIRST", what, ["generation"], applyFirst);
}

function endsTooSoon(
  cluster: Cluster,
  name: string,
  { generation, expiresMs }: TokenOfGeneration,
  overlapMs: number,
): Problem {
  const ends = formatTime(timeFromMs(expiresMs));
  const what = `generation ${generation} of the rotating token "${name}" in ${cluster.title} ends at ${ends}, with less than ${formatDurationMs(overlapMs)} left`;
  return new Problem("ROTATION_APPLY_FIRST", what, ["generation"], applyFirst);
}
