import { Problem, tokenId } from "../../../trust";
import type { Cluster, ProvisionTokenV2 } from "../../cluster";
import type { ObjectClient } from "../../framework";
import { nameOf } from "../mirrored/identity";
import type { TokenId } from "./identity";

function fits(token: ProvisionTokenV2, id: TokenId): boolean {
  if (id.by === "prefix") return nameOf(token).startsWith(id.prefix);
  return tokenId(nameOf(token)) === (id.by === "hash" ? id.hash : tokenId(id.name));
}

async function find(
  { tokens, title }: Cluster,
  id: TokenId,
  signal: AbortSignal,
): Promise<ProvisionTokenV2 | undefined> {
  const found = (await tokens.list(signal)).filter((token) => fits(token, id));
  if (found.length <= 1) return found[0];
  throw new Problem(
    "TOKEN_IMPORT_ID",
    `${found.length} tokens in ${title} begin with ${JSON.stringify(id.by === "prefix" ? id.prefix : "")}`,
    [],
    `Name one of them: ${found.map((token) => tokenId(nameOf(token))).join(", ")}.`,
  );
}

/** The tokens of a cluster, by name, hash or public prefix. */
export function tokenClient(cluster: Cluster): ObjectClient<ProvisionTokenV2, TokenId> {
  const { tokens } = cluster;
  return {
    get: (id, signal) => (id.by === "name" ? tokens.get(id.name, signal) : find(cluster, id, signal)),
    create: (message, signal) => tokens.create(message, signal),
    update: (message, signal) => tokens.update(message, signal),
    async delete(id, signal) {
      const name = id.by === "name" ? id.name : nameOf((await find(cluster, id, signal)) ?? {});
      if (name !== "") await tokens.delete(name, signal);
    },
  };
}
