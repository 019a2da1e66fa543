import { createGenerationName, type Labels, timeFromMs, tokenId } from "../../../trust";
import { type Api, ProvisionTokenV2, rotatingTokenId } from "../../cluster";
import type { ResourceContext } from "../../framework";
import { clusterOf, placeOf } from "../shared/one-cluster";
import { isServerOwnedLabel } from "../shared/server-owned-labels";
import { describeGeneration } from "./described-terms";
import type { DesiredRotation } from "./facts";
import { findTokens } from "./observe";
import type { RotationRun } from "./run";
import type { Amendment } from "./schedule";
import type { RotationStep } from "./step";

type Context = ResourceContext<Api>;

function timestamp(ms: number): { seconds: bigint; nanos: number } {
  const { seconds, nanos } = timeFromMs(ms);
  return { seconds: BigInt(seconds), nanos };
}

async function createGeneration(
  generation: number,
  desired: DesiredRotation,
  run: RotationRun,
  context: Context,
): Promise<void> {
  const cluster = clusterOf(context.api, desired);
  const { name: clusterName } = await placeOf(cluster, context.signal);
  // Rounded up: the overlap of the generation before is counted from here, and whoever got that one a moment ago has the whole of it.
  const madeMs = Math.ceil(context.now() / 1000) * 1000;
  const id = rotatingTokenId(clusterName, desired.name);
  const name = createGenerationName(id, { generation, madeMs }, context.api.randomBytes).reveal();
  const message = ProvisionTokenV2.fromPartial({
    kind: "token",
    version: "v2",
    metadata: {
      name,
      description: describeGeneration(desired.name, generation, desired.texts),
      // A leaf that joins gets these; that is why no mark of ours is among them.
      labels: { ...desired.labels },
      expires: timestamp(madeMs + desired.ttlMs),
    },
    spec: { roles: ["Trusted_cluster"], join_method: "token" },
  });
  await cluster.tokens.create(message, context.signal);
  run.written.set(tokenId(name), message);
}

function labelsAfter(current: Labels, wanted: Labels): Record<string, string> {
  const serverOwned = Object.entries(current).filter(([key]) => isServerOwnedLabel(key));
  return { ...Object.fromEntries(serverOwned), ...wanted };
}

async function amend(
  { key, expiresMs, labels }: Amendment,
  desired: DesiredRotation,
  run: RotationRun,
  context: Context,
): Promise<void> {
  const found = (await findTokens(desired, run, context)).find((token) => token.key === key);
  // What has ended meanwhile must not be made anew.
  if (found === undefined || found.expiresMs <= context.now()) return;
  const { metadata } = found.message;
  const message = ProvisionTokenV2.fromPartial({
    ...found.message,
    metadata: { ...metadata, labels: labelsAfter(metadata?.labels ?? {}, labels), expires: timestamp(expiresMs) },
  });
  await clusterOf(context.api, desired).tokens.upsert(message, context.signal);
  run.written.set(key, message);
}

async function drop(
  keys: readonly string[],
  desired: DesiredRotation,
  run: RotationRun,
  context: Context,
): Promise<void> {
  const tokens = (await findTokens(desired, run, context)).filter(({ key }) => keys.includes(key));
  const { tokens: client } = clusterOf(context.api, desired);
  await Promise.all(tokens.map(({ message }) => client.delete(message.metadata?.name ?? "", context.signal)));
  for (const key of keys) run.dropped.add(key);
}

/** Does one step. */
export async function perform(
  step: RotationStep,
  desired: DesiredRotation,
  run: RotationRun,
  context: Context,
): Promise<void> {
  switch (step.kind) {
    case "create":
      return createGeneration(step.generation, desired, run, context);
    case "amend":
      return amend(step.amendment, desired, run, context);
    case "drop":
      return drop(step.keys, desired, run, context);
  }
}
