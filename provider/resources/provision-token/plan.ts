import { parseDuration, tokenId } from "../../../trust";
import { type ObjectValue, type PlanAdjustment, type PlannedChange, Unknown, type Value } from "../../framework";
import { withKeptForms } from "../description/kept-forms";
import { sameValue } from "../description/same-value";
import { isObject, knownText, valueAt, withValueAt } from "../description/values";
import { planCommon } from "../mirrored/plan";
import { provisionTokenDescription } from "./attributes";
import { sameRoles } from "./roles";

type Path = readonly string[];

/** What a cluster fills in where the configuration says nothing; undefined where that is not known. */
const filledIn: readonly (readonly [path: Path, expected: (planned: ObjectValue) => Value | undefined])[] = [
  [["spec", "join_method"], joinMethodOf],
  [["spec", "aws_iid_ttl"], (planned) => (joinMethodOf(planned) === "ec2" ? "5m0s" : undefined)],
  [["spec", "gitlab", "domain"], () => "gitlab.com"],
  [["spec", "kubernetes", "type"], () => "in_cluster"],
  [["spec", "terraform_cloud", "hostname"], () => "app.terraform.io"],
];

function joinMethodOf(planned: ObjectValue): Value | undefined {
  const rules = valueAt(planned, "spec", "allow");
  if (rules === Unknown) return undefined;
  return Array.isArray(rules) && rules.length > 0 ? "ec2" : "token";
}

/**
 * The plan with everything open that somebody else set where the cluster would choose otherwise. Such attributes are computed, so Terraform alone
 * would keep what it finds.
 */
function withReopened(planned: ObjectValue, config: ObjectValue): ObjectValue {
  return filledIn.reduce((value, [path, expected]) => {
    const found = valueAt(value, ...path);
    if (found === null || found === Unknown || valueAt(config, ...path) !== null) return value;
    const wanted = expected(value);
    return wanted === undefined || sameValue(wanted, found) ? value : withValueAt(value, path, Unknown);
  }, planned);
}

function isSameDuration(left: Value, right: Value): boolean {
  if (typeof left !== "string" || typeof right !== "string") return left === right;
  try {
    return parseDuration(left) === parseDuration(right);
  } catch {
    return false;
  }
}

/** When the token ends: as configured, never, or counted from the apply that creates it or changes `ttl`. */
function withExpiry(planned: ObjectValue, { prior, config }: PlannedChange): ObjectValue {
  const path = ["metadata", "expires"];
  if (valueAt(config, ...path) !== null || !isObject(planned.metadata)) return planned;
  const ttl = planned.ttl ?? null;
  if (ttl === null) return withValueAt(planned, path, null);
  const before = valueAt(prior, "ttl");
  const isCounted =
    prior !== null && valueAt(prior, ...path) !== null && (before === null || isSameDuration(before, ttl));
  return isCounted ? planned : withValueAt(planned, path, Unknown);
}

/** The state's way to write the same roles and the same `ttl`. */
function withKeptTexts(planned: ObjectValue, prior: ObjectValue): ObjectValue {
  const kept = withKeptForms(provisionTokenDescription, planned, prior);
  const path = ["spec", "roles"];
  const roles = valueAt(prior, ...path);
  const spelled = sameRoles(valueAt(kept, ...path), roles) ? withValueAt(kept, path, roles) : kept;
  const ttl = prior.ttl ?? null;
  return ttl !== null && isSameDuration(ttl, spelled.ttl ?? null) ? withValueAt(spelled, ["ttl"], ttl) : spelled;
}

function withId(planned: ObjectValue): ObjectValue {
  const name = knownText(valueAt(planned, "metadata", "name"));
  return name === undefined || name === "" ? planned : withValueAt(planned, ["id"], tokenId(name));
}

/** What is known of a planned token. Without a clock: the same plan comes out in apply. */
export function customizePlan(change: PlannedChange): PlanAdjustment {
  const { prior, planned, config } = change;
  if (planned === null || config === null) return {};
  const kept = prior === null ? planned : withKeptTexts(planned, prior);
  const open = withExpiry(withReopened(kept, config), change);
  return { planned: planCommon(withId(open), "token") };
}
