import type { DesiredSource, ObjectValue, ResourceContext } from "../../framework";
import { clusterOfId } from "../shared/one-cluster";
import { droppedKeys } from "../shared/own-labels";
import { timeoutMs } from "../shared/timeouts";
import { knownLabels, knownText } from "../shared/values";
import type { DesiredRemoteCluster, WaitFor } from "./facts";
import { releases } from "./memory";
import { timeoutDefaults } from "./timeouts";

function waitForOf(value: string | undefined): WaitFor {
  return value === "online" || value === "none" ? value : "registered";
}

/** A description that was ours and is no more becomes empty. */
function descriptionOf(value: ObjectValue, prior: ObjectValue | undefined): string | undefined {
  const was = prior === undefined ? undefined : knownText(prior.description);
  return knownText(value.description) ?? (was === undefined ? undefined : "");
}

/** What a call of Terraform wants of a remote cluster. The values were validated before. */
export function desiredFrom(
  { call, value, prior }: DesiredSource,
  { private: memory }: Pick<ResourceContext<unknown>, "private">,
): DesiredRemoteCluster {
  const before = releases(memory) ? undefined : prior;
  const state = call === "update" ? prior : call === "create" || call === "import" ? undefined : value;
  return {
    clusterKey: knownText(value.cluster),
    stateCluster: clusterOfId(state?.id),
    name: knownText(value.name) ?? "",
    labels: knownLabels(value.labels),
    droppedLabels: before === undefined ? [] : droppedKeys(value.labels, before.labels),
    carriedLabels: knownLabels((prior ?? value).labels),
    description: descriptionOf(value, before),
    waitFor: waitForOf(knownText(value.wait_for)),
    keepOnDestroy: value.keep_on_destroy === true,
    timeoutMs: timeoutMs(call, value.timeouts, timeoutDefaults),
    call,
  };
}
