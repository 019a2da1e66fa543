import type { Api, TokenOfGeneration } from "../../cluster";
import { generationsOf, rotatingTokenId } from "../../cluster";
import type { ResourceContext } from "../../framework";
import { clusterOf, placeOf } from "../shared/one-cluster";
import { isServerOwnedLabel } from "../shared/server-owned-labels";
import { describedTerms } from "./described-terms";
import type { DesiredRotation, GenerationFacts, RotationFacts } from "./facts";
import type { RotationRun } from "./run";

type Context = Pick<ResourceContext<Api>, "api" | "signal" | "now">;

/** The generations that there are: what the cluster shows, and what this call has done that it may not show yet. */
export async function findTokens(
  desired: DesiredRotation,
  run: RotationRun,
  { api, signal }: Context,
): Promise<readonly TokenOfGeneration[]> {
  const cluster = clusterOf(api, desired);
  const [{ name }, listed] = await Promise.all([placeOf(cluster, signal), cluster.tokens.list(signal)]);
  const id = rotatingTokenId(name, desired.name);
  const shown = generationsOf(id, listed).filter(({ key }) => !run.written.has(key));
  const all = generationsOf(id, [...shown.map(({ message }) => message), ...run.written.values()]);
  return all.filter(({ key }) => !run.dropped.has(key));
}

function factsOf({ key, generation, madeMs, expiresMs, message }: TokenOfGeneration): GenerationFacts {
  const labels = Object.entries(message.metadata?.labels ?? {}).filter(([label]) => !isServerOwnedLabel(label));
  return {
    key,
    generation,
    madeMs,
    expiresMs,
    labels: Object.fromEntries(labels),
    terms: describedTerms(message.metadata?.description ?? ""),
  };
}

/** Asks the cluster for all generations. Nothing is written; no value goes into the facts. */
export async function observe(desired: DesiredRotation, run: RotationRun, context: Context): Promise<RotationFacts> {
  const tokens = (await findTokens(desired, run, context)).map(factsOf);
  const nowMs = context.now();
  return {
    place: await placeOf(clusterOf(context.api, desired), context.signal),
    stateCluster: desired.stateCluster,
    nowMs,
    live: tokens.filter(({ expiresMs }) => expiresMs > nowMs),
    expired: tokens.filter(({ expiresMs }) => expiresMs <= nowMs),
  };
}
