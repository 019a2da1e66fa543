import { isSameSystemRole, Problem } from "../../../trust";
import { asWarning, isWhollyKnown, type ObjectValue, type ProblemShape, Unknown, type Value } from "../../framework";
import { isAbsent, isObject, valueAt } from "../description/values";
import { invalid } from "../validators/invalid";
import { joinMethods } from "./join-methods";

/** How the joining party proves itself; undefined while that is not known. */
function joinMethodOf(config: ObjectValue): string | undefined {
  const method = valueAt(config, "spec", "join_method");
  if (typeof method === "string" && method !== "") return method;
  const rules = valueAt(config, "spec", "allow");
  if (method === Unknown || rules === Unknown) return undefined;
  return isNothing(rules) ? "token" : "ec2";
}

function isNothing(value: Value): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function* expiryProblems(config: ObjectValue): Iterable<ProblemShape> {
  const { ttl = null } = config;
  const expires = valueAt(config, "metadata", "expires");
  if (ttl === null || expires === null) return;
  yield invalid("both `ttl` and `metadata.expires` are set", "Keep one of them.", ["ttl"]);
}

function* secretProblems(config: ObjectValue): Iterable<ProblemShape> {
  // The names of other tokens are no secrets: what joins proves itself in another way.
  if (joinMethodOf(config) !== "token") return;
  yield asWarning(
    new Problem(
      "TOKEN_IN_STATE",
      "the token is stored in state in clear: `metadata.name` is the secret itself",
      ["metadata", "name"],
      'To join clusters use `teleport_trust`, to hand out a token `ephemeral "teleport_provision_token"`: both store nothing. Otherwise keep the state as safe as the token.',
    ),
  );
}

function* botProblems(config: ObjectValue): Iterable<ProblemShape> {
  const [roles, bot] = [valueAt(config, "spec", "roles"), valueAt(config, "spec", "bot_name")];
  if (!Array.isArray(roles) || !isWhollyKnown(roles) || bot === Unknown) return;
  const isBot = (roles as readonly Value[]).some((role) => typeof role === "string" && isSameSystemRole(role, "Bot"));
  const isNamed = bot !== null && bot !== "";
  if (isBot === isNamed) return;
  yield isBot
    ? invalid("a token with the role Bot names its bot, and `bot_name` is missing", "Set `bot_name`.", [
        "spec",
        "bot_name",
      ])
    : invalid(
        "`bot_name` is set, but the token does not give the role Bot",
        'Add "Bot" to `roles`, or drop `bot_name`.',
        ["spec", "bot_name"],
      );
}

function* methodProblems(config: ObjectValue): Iterable<ProblemShape> {
  const method = joinMethodOf(config);
  if (method === undefined || !isObject(config.spec)) return;
  const known = joinMethods.get(method);
  if (known === undefined) {
    yield asWarning(
      invalid(
        `${JSON.stringify(method)} is no join method that this provider knows`,
        `Known are ${[...joinMethods.keys()].join(", ")}.`,
        ["spec", "join_method"],
      ),
    );
    return;
  }
  const rules = valueAt(config, "spec", "allow");
  if (method === "token" && Array.isArray(rules) && rules.length > 0) {
    yield invalid(
      'the join method "token" takes no `allow` rules',
      'Drop them, or use the join method "iam" or "ec2".',
      ["spec", "allow"],
    );
  }
  yield* optionProblems(config, method, known);
}

function* optionProblems(config: ObjectValue, method: string, options: readonly string[]): Iterable<ProblemShape> {
  const path = ["spec", ...options];
  for (let length = 2; length <= path.length; length++) {
    const part = path.slice(0, length);
    const value = valueAt(config, ...part);
    if (value === Unknown) return;
    if (!isNothing(value) && !isAbsent(value)) continue;
    const what = `the join method ${JSON.stringify(method)} needs \`${part.join(".")}\``;
    const next = part.at(-1) === "allow" ? "Add at least one rule." : "Set it.";
    yield invalid(what, next, part);
    return;
  }
}

/** What a cluster would refuse, or what is better not done, as far as it can be known without one. */
export function* validateToken(config: ObjectValue): Iterable<ProblemShape> {
  if (config.metadata === null) {
    yield invalid("`metadata` is missing", "Write `metadata = {}`, with what the token shall have.", ["metadata"]);
  }
  yield* expiryProblems(config);
  yield* secretProblems(config);
  yield* botProblems(config);
  yield* methodProblems(config);
}
