import type { Problem } from "../../../trust";
import { newObject, type ObjectValue, type ResourceContext, type StateSource, type Value } from "../../framework";
import { knownLabels } from "../shared/values";
import type { DesiredRemoteCluster, LeafFacts, RemoteClusterFacts } from "./facts";
import { isSettled } from "./memory";
import { refusal } from "./next";

type There = Extract<LeafFacts, { status: "there" }>;
type Source = StateSource<DesiredRemoteCluster>;

/** Own labels only: others' may come and go. An import takes them all, as nobody has said yet which are own. */
function labelsValue({ labels }: There, { call, like }: Source): Value {
  const all = Object.entries(labels);
  if (call === "import") return all.length === 0 ? null : new Map(all);
  if (!(like.labels instanceof Map)) return null;
  const own = knownLabels(like.labels);
  return new Map(all.filter(([key]) => Object.hasOwn(own, key)));
}

function descriptionValue({ description }: There, { call, like }: Source): Value {
  if (call === "import") return description === "" ? null : description;
  return typeof like.description === "string" ? description : null;
}

/** The state that facts mean. A leaf that may be hidden is an error, never "gone". */
export function stateFrom(
  facts: RemoteClusterFacts,
  source: Source,
  { private: memory }: Pick<ResourceContext<unknown>, "private">,
): ObjectValue | "gone" | Problem {
  const refused = refusal(facts);
  if (refused !== undefined) return refused;
  const { leaf, place, leafName } = facts;
  if (leaf.status !== "there") return "gone";
  if ((source.call === "create" || source.call === "update") && !source.failed) isSettled(memory);
  return Object.assign(newObject(), {
    id: `${place.name}/${leafName}`,
    labels: labelsValue(leaf, source),
    description: descriptionValue(leaf, source),
  });
}
