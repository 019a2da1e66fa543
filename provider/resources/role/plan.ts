import { type ObjectValue, type PlanAdjustment, type PlannedChange, Unknown, type Value } from "../../framework";
import type { Description } from "../description/describe";
import { withKeptDefaults } from "../description/kept-defaults";
import { withKeptForms } from "../description/kept-forms";
import { sameValue } from "../description/same-value";
import { isObject, valueAt, withValueAt } from "../description/values";
import { planCommon } from "../mirrored/plan";
import { roleDescription } from "./attributes";
import { versionChangeProblems } from "./version";

/** The plan with everything open that the cluster fills in, so that it is filled in afresh. */
function withOpenDefaults(description: Description, planned: ObjectValue, config: ObjectValue): ObjectValue {
  const changed: Record<string, Value> = {};
  for (const { field, mode, nested } of description.fields) {
    const said = config[field.name] ?? null;
    if (said === null && mode === "optional-computed") changed[field.name] = Unknown;
    else if (nested !== undefined) changed[field.name] = openInside(nested, planned[field.name] ?? null, said);
  }
  return Object.assign(Object.create(null) as object, planned, changed);
}

function openInside(nested: Description, value: Value, said: Value): Value {
  if (isObject(value) && isObject(said)) return withOpenDefaults(nested, value, said);
  if (!Array.isArray(value) || !Array.isArray(said)) return value;
  const elements = said as readonly Value[];
  return (value as readonly Value[]).map((element, index) => openInside(nested, element, elements[index] ?? null));
}

const kubernetesMatchers = ["kubernetes_labels", "kubernetes_labels_expression"];

/** Up to role version 5 the cluster fills in Kubernetes objects only where some Kubernetes cluster is matched. */
function withOpenKubernetesResources(planned: ObjectValue, { prior, config }: PlannedChange): ObjectValue {
  const path = ["spec", "allow", "kubernetes_resources"];
  if (prior === null || valueAt(config, ...path) !== null || !isObject(valueAt(planned, "spec", "allow")))
    return planned;
  const isChanged = kubernetesMatchers.some((name) => {
    const matcher = ["spec", "allow", name];
    return !sameValue(valueAt(prior, ...matcher), valueAt(planned, ...matcher));
  });
  return isChanged ? withValueAt(planned, path, Unknown) : planned;
}

function withKept(planned: ObjectValue, prior: ObjectValue, config: ObjectValue): ObjectValue {
  return withKeptDefaults(roleDescription, withKeptForms(roleDescription, planned, prior), { prior, config });
}

/** What is known of a planned role, and what its new version means. */
export function customizePlan(change: PlannedChange): PlanAdjustment {
  const { prior, planned, config } = change;
  if (planned === null || config === null) return {};
  const [from, to] = [valueAt(prior, "version"), valueAt(planned, "version")];
  const open =
    prior !== null && from !== to
      ? withOpenDefaults(roleDescription, planned, config)
      : withOpenKubernetesResources(planned, change);
  const kept = prior === null ? open : withKept(open, prior, config);
  return { planned: planCommon(kept, "role"), problems: [...versionChangeProblems(from, to)] };
}
