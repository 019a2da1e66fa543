import { generationOf, publicId, tokenId } from "../../trust";
import type { Cluster } from "./cluster";
import type { ProvisionTokenV2 } from "./messages";

/** One token of a rotating one, as the cluster holds it. `message` has the secret in its name. */
export interface TokenOfGeneration {
  /** `sha256:<hex>` of the name: tells tokens apart without telling them. */
  readonly key: string;
  readonly generation: number;
  /** Epoch milliseconds. */
  readonly madeMs: number;
  /** Epoch milliseconds; infinite for a token that somebody made endless. */
  readonly expiresMs: number;
  readonly message: ProvisionTokenV2;
}

/** The public id of a rotating token: what stands in the prefix of all its generations. */
export function rotatingTokenId(clusterName: string, name: string): string {
  return publicId(`${clusterName}/${name}`);
}

/** When a token ends; infinite where it does not. */
export function tokenExpiryMs({ metadata }: ProvisionTokenV2): number {
  const { expires } = metadata ?? {};
  return expires === undefined ? Number.POSITIVE_INFINITY : Number(expires.seconds) * 1000 + expires.nanos / 1e6;
}

/** What is a generation of this rotating token, the newest first. */
export function generationsOf(id: string, tokens: readonly ProvisionTokenV2[]): TokenOfGeneration[] {
  const found = tokens.flatMap((message) => {
    const name = message.metadata?.name ?? "";
    const made = generationOf(id, name);
    return made === undefined ? [] : { ...made, key: tokenId(name), expiresMs: tokenExpiryMs(message), message };
  });
  // Two of one number come only of two states that own the same token; the order among them must be the same each time.
  return found.sort((a, b) => b.generation - a.generation || b.madeMs - a.madeMs || (a.key < b.key ? -1 : 1));
}

/** Asks a cluster for the generations of a rotating token, the newest first. Some may have expired a moment ago. */
export async function findGenerations(
  cluster: Cluster,
  name: string,
  signal: AbortSignal,
): Promise<readonly TokenOfGeneration[]> {
  const [{ clusterName }, tokens] = await Promise.all([cluster.ping(signal), cluster.tokens.list(signal)]);
  return generationsOf(rotatingTokenId(clusterName, name), tokens);
}
