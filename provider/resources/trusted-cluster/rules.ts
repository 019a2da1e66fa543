import { Problem, type RoleMapping, roleMapAdvice, validateTrustedCluster } from "../../../trust";
import { asWarning, type ObjectValue, type ProblemShape, Unknown, type Value } from "../../framework";
import { isObject, isWhollyKnown, knownText, valueAt } from "../description/values";

/** Stands for what is not known yet: a name that no rule objects to, another one each row. */
function placeholder(row: number): string {
  return `unknown-${row}`;
}

function rowOf(value: Value, row: number): RoleMapping {
  if (!isObject(value)) return { remote: placeholder(row), local: [placeholder(row)] };
  const { remote, local } = value;
  return {
    remote: remote === Unknown ? placeholder(row) : (knownText(remote ?? null) ?? ""),
    local: localOf(local ?? null, row),
  };
}

function localOf(local: Value, row: number): string[] {
  if (local === Unknown) return [placeholder(row)];
  if (!Array.isArray(local)) return [];
  return (local as readonly Value[]).map((role) => (role === Unknown ? placeholder(row) : (knownText(role) ?? "")));
}

/** The rows of a role map as far as they are known, or undefined. Rows keep their places. */
export function roleMapOf(value: Value): RoleMapping[] | undefined {
  if (value === Unknown) return undefined;
  return Array.isArray(value) ? (value as readonly Value[]).map(rowOf) : [];
}

/** Leaf roles of the older form, or undefined. */
export function rolesOf(value: Value): string[] | undefined {
  if (!isWhollyKnown(value)) return undefined;
  return Array.isArray(value) ? (value as readonly (string | null)[]).map((role) => role ?? "") : [];
}

function* tokenProblems(config: ObjectValue): Iterable<ProblemShape> {
  const [token, writeOnly] = [valueAt(config, "spec", "token"), valueAt(config, "spec", "token_wo")];
  if (token === null) return;
  if (writeOnly !== null) {
    yield new Problem(
      "TRUST_TOKEN",
      "both `token` and `token_wo` are set",
      ["spec", "token"],
      "Keep `token_wo`, which is stored nowhere.",
    );
    return;
  }
  yield asWarning(
    new Problem(
      "TRUST_TOKEN",
      "`token` is stored in state and plan files in clear",
      ["spec", "token"],
      "Use `token_wo` (Terraform 1.11), or `teleport_trust`, which makes the token by itself.",
    ),
  );
}

function notEnabled(): ProblemShape {
  return asWarning(
    new Problem(
      "TRUST_DISABLED",
      "`enabled` is not set, which means that the trust is disabled",
      ["spec", "enabled"],
      "Write `enabled = true`, or `enabled = false` if that is what is meant.",
    ),
  );
}

/** What the leaf would refuse, or what is hardly ever meant, as far as it can be known without a server. */
export function* validateConfig(config: ObjectValue): Iterable<ProblemShape> {
  const spec = config.spec;
  if (!isObject(spec)) return;
  const roleMap = roleMapOf(spec.role_map ?? null);
  const roles = rolesOf(spec.roles ?? null);
  // Addresses have their validators at the attributes.
  const problems = validateTrustedCluster({ roleMap, roles, webProxyAddr: undefined, tunnelAddr: undefined });
  yield* problems.map((problem) => problem.at("spec"));
  if (roleMap !== undefined) yield* roleMapAdvice(roleMap).map((problem) => asWarning(problem.at("spec", "role_map")));
  if (spec.web_proxy_addr === null || spec.web_proxy_addr === "") {
    yield new Problem(
      "TRUST_ADDRESS",
      "`web_proxy_addr` is missing",
      ["spec", "web_proxy_addr"],
      'Give the root\'s web proxy, such as "root.example.com:443".',
    );
  }
  if (spec.enabled === null) yield notEnabled();
  yield* tokenProblems(config);
}
