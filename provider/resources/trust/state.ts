import { Problem } from "../../../trust";
import {
  newObject,
  type ObjectValue,
  type ResourceContext,
  type StateSource,
  Unknown,
  type Value,
} from "../../framework";
import { knownLabels } from "../shared/values";
import { type DesiredTrust, type TrustFacts, trustName } from "./facts";
import { labelsAreSettled, rememberMissingSide } from "./memory";
import { refusalToRead } from "./next";
import { schema } from "./schema";

type Source = StateSource<DesiredTrust>;

function missingSideOf({ trustedCluster, remoteCluster, root, leaf }: TrustFacts): string | undefined {
  if (trustedCluster.status !== "ours") return `the trusted cluster "${root.name}" on the leaf ${leaf.name}`;
  return remoteCluster.status === "same-leaf"
    ? undefined
    : `the remote cluster "${leaf.name}" on the root ${root.name}`;
}

function nothingToImport({ root, leaf }: TrustFacts): Problem {
  return new Problem(
    "TRUST_NOTHING_TO_IMPORT",
    `${leaf.name} does not trust ${root.name}: neither side knows the other`,
    [],
    "Nothing needs to be imported: let the next apply create the trust.",
  );
}

function roleMapValue(facts: TrustFacts, like: ObjectValue): Value {
  if (facts.trustedCluster.status !== "ours") return like.role_map ?? null;
  return facts.trustedCluster.roleMap.map(({ remote, local }) =>
    Object.assign(newObject(), { remote, local: [...local] }),
  );
}

/** Own labels only: others' may come and go. An import takes them all, as nobody has said yet which are own. */
function labelsValue({ remoteCluster }: TrustFacts, { call, like }: Source): Value {
  if (remoteCluster.status !== "same-leaf") return like.labels ?? null;
  const all = Object.entries(remoteCluster.labels);
  if (call === "import") return all.length === 0 ? null : new Map(all);
  if (!(like.labels instanceof Map)) return null;
  const own = knownLabels(like.labels);
  return new Map(all.filter(([key]) => Object.hasOwn(own, key)));
}

function addressValue(found: string | undefined, like: Value | undefined): Value {
  return found === undefined || found === "" ? (like ?? null) : found;
}

function stateOf(facts: TrustFacts, source: Source): ObjectValue {
  const { like } = source;
  const ours = facts.trustedCluster.status === "ours" ? facts.trustedCluster : undefined;
  const found: Readonly<Record<string, Value>> = {
    id: trustName(facts),
    role_map: roleMapValue(facts, like),
    enabled: ours?.enabled ?? like.enabled ?? true,
    labels: labelsValue(facts, source),
    web_proxy_addr: addressValue(ours?.webProxyAddr, like.web_proxy_addr),
    tunnel_addr: addressValue(ours?.tunnelAddr, like.tunnel_addr),
    joined: missingSideOf(facts) === undefined,
  };
  const state = newObject();
  for (const name of Object.keys(schema.attributes)) {
    const value = found[name] ?? like[name] ?? null;
    // What a failed call has not come to know stays open until the next one.
    state[name] = value === Unknown ? null : value;
  }
  return state;
}

/**
 * The state that facts mean. A half trust stays in the state with `joined` false, so that it is repaired in place; only
 * where both sides are gone it leaves the state. What is refused is refused here too: never "gone" by mistake.
 */
export function stateFrom(
  facts: TrustFacts,
  source: Source,
  { private: memory }: Pick<ResourceContext<unknown>, "private">,
): ObjectValue | "gone" | Problem {
  const refused = refusalToRead(facts);
  if (refused !== undefined) return refused;
  const { trustedCluster, remoteCluster } = facts;
  if (trustedCluster.status === "none" && remoteCluster.status === "none") {
    return source.call === "import" ? nothingToImport(facts) : "gone";
  }
  rememberMissingSide(memory, missingSideOf(facts));
  if ((source.call === "create" || source.call === "update") && !source.failed) labelsAreSettled(memory);
  return stateOf(facts, source);
}
