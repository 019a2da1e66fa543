import { Problem } from "../../../trust";
import type { Api, Cluster } from "../../cluster";
import {
  type Attribute,
  asWarning,
  newObject,
  type ObjectValue,
  type Path,
  type ProblemShape,
  type ResourceContext,
  types,
  type Value,
} from "../../framework";
import { connectionFault } from "./connection-fault";
import { knownText } from "./values";

/** The cluster of a relation that stands on one. */
export interface PlaceFacts {
  /** Its real name. */
  readonly name: string;
  /** For messages: key and address. */
  readonly title: string;
}

/** What a relation on one cluster is asked for, whatever it is. */
export interface Placed {
  /** Key of `clusters`; undefined: the default connection. */
  readonly clusterKey: string | undefined;
  /** The real name of the cluster that the state is about; undefined in create and import. */
  readonly stateCluster: string | undefined;
}

/** The attribute `id`, and `cluster`. @param idForm such as `<cluster>/<name>` */
export function placeAttributes(idForm: string, what: string): { readonly id: Attribute; readonly cluster: Attribute } {
  return {
    id: {
      type: types.string,
      mode: "computed",
      keepPrior: true,
      description: `\`${idForm}\`, with the real name of the cluster.`,
    },
    cluster: {
      type: types.string,
      mode: "optional",
      description: `Key of the provider's \`clusters\` ${what}; the default connection when absent. Renaming the key changes nothing; another real cluster is another object.`,
    },
  };
}

/** The first part of an `id`: the real name of the cluster. Cluster names hold no slash. */
export function clusterOfId(id: Value | undefined): string | undefined {
  const text = knownText(id);
  return text?.slice(0, text.indexOf("/"));
}

/**
 * The cluster of a relation. Dials nothing.
 *
 * @throws Problem CONNECTION_NOT_CONFIGURED, CONNECTION_UNKNOWN
 */
export function clusterOf({ connections }: Api, { clusterKey }: Pick<Placed, "clusterKey">): Cluster {
  return connections.get(clusterKey);
}

/** Who the cluster really is. */
export async function placeOf(cluster: Cluster, signal: AbortSignal): Promise<PlaceFacts> {
  return { name: (await cluster.ping(signal)).clusterName, title: cluster.title };
}

/** A connection that leads to another real cluster than the state's; undefined where all is well. */
export function otherClusterProblem({ stateCluster }: Placed, place: PlaceFacts): Problem | undefined {
  if (stateCluster === undefined || stateCluster === place.name) return undefined;
  return new Problem(
    "RELATION_OTHER_CLUSTER",
    `${place.title} is the cluster "${place.name}", but this resource is about "${stateCluster}"`,
    ["cluster"],
    `Keep the connection to "${stateCluster}" under a key of its own and name it in \`cluster\`; on another cluster it is another object, planned while both can be reached.`,
  );
}

/** What a look at the cluster at plan came to. */
export interface PlanLook<T> {
  /** Undefined where the cluster did not answer, or another one is meant. */
  readonly value: T | undefined;
  readonly problems: readonly ProblemShape[];
  readonly replace: readonly Path[];
}

/**
 * Looks at the cluster, best effort: who did not answer is a warning, another real cluster than the state's replaces the
 * object. A connection that cannot be used at all is an error.
 */
export async function lookAtPlan<T>(
  placed: Placed,
  { api, signal }: ResourceContext<Api>,
  look: (signal: AbortSignal) => Promise<T>,
): Promise<PlanLook<T>> {
  const fault = await connectionFault(api, placed.clusterKey, "cluster", signal);
  if (fault !== undefined) return { value: undefined, problems: fault === "told" ? [] : [fault], replace: [] };
  const cluster = clusterOf(api, placed);
  const answer = await api.bestEffort(
    cluster.title,
    async (limit) => {
      const { clusterName } = await cluster.ping(limit);
      const isOther = placed.stateCluster !== undefined && placed.stateCluster !== clusterName;
      return isOther ? undefined : { found: await look(limit) };
    },
    signal,
  );
  if (!answer.ok) {
    const problems = answer.problem === undefined ? [] : [asWarning(answer.problem)];
    return { value: undefined, problems, replace: [] };
  }
  if (answer.value === undefined) return { value: undefined, problems: [], replace: [["cluster"]] };
  return { value: answer.value.found, problems: [], replace: [] };
}

/** What is known without a server of whether something can be removed from its cluster. */
export async function checkRemoval(
  prior: ObjectValue | null,
  { api, signal }: ResourceContext<Api>,
): Promise<{ readonly problems: readonly ProblemShape[] }> {
  const fault = await connectionFault(api, knownText(prior?.cluster), "cluster", signal);
  return { problems: fault === undefined || fault === "told" ? [] : [fault] };
}

/**
 * Reads an import id of something on one cluster: `<cluster>/<name>`, or `<name>` on the default connection.
 *
 * @param noun such as `remote cluster`
 * @param example such as `root/leaf.example.com`
 * @throws Problem RELATION_IMPORT_ID
 */
export function parsePlacedId(id: string, noun: string, example: string): ObjectValue {
  const parts = id.split("/");
  const [cluster, name] = parts.length === 1 ? [null, id] : parts;
  if (parts.length > 2 || cluster === "" || name === "" || name === undefined) {
    throw new Problem(
      "RELATION_IMPORT_ID",
      `${JSON.stringify(id)} is no import id of a ${noun}`,
      [],
      `Write \`<cluster>/<name>\`, the cluster as a key of the provider's \`clusters\`, such as \`${example}\`; or \`<name>\` alone for the default connection.`,
    );
  }
  return Object.assign(newObject(), { cluster: cluster ?? null, name });
}
