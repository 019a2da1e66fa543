import { Problem, parseDuration, type RoleMapping, roleMapAdvice, validateRoleMap } from "../../../trust";
import {
  asWarning,
  isObject,
  isWhollyKnown,
  type ObjectValue,
  type ProblemShape,
  type Schema,
  types,
  type Value,
} from "../../framework";
import { ifDuration, type TimeoutDefaults, timeoutsAttribute } from "../shared/timeouts";
import { addressValidator } from "../validators/address";
import { durationValidator } from "../validators/duration";
import { labelKeysValidator } from "../validators/label-keys";
import { oneOfValidator } from "../validators/one-of";

const tenSeconds = 10_000_000_000n;

function* tokenTtlProblems(value: Value): Iterable<ProblemShape> {
  if (parseDuration(value as string) >= tenSeconds) return;
  yield new Problem(
    "TRUST_ARGUMENT",
    `a token that lives for ${value} may be over before the leaf has used it`,
    [],
    'Give it at least "10s"; it is removed as soon as the leaf has joined.',
  );
}

function knownRow(value: Value): RoleMapping | undefined {
  if (!isObject(value) || !isWhollyKnown(value)) return undefined;
  const { remote, local } = value;
  return {
    remote: (remote ?? "") as string,
    local: ((local ?? []) as readonly Value[]).map((role) => (role ?? "") as string),
  };
}

/** All rows must be known: whether a row repeats another can only be said of all of them. */
function roleMapProblems(value: Value): Iterable<ProblemShape> {
  const rows = (value as readonly Value[]).map(knownRow);
  const known = rows.filter((row) => row !== undefined);
  if (known.length < rows.length) return [];
  const problems = validateRoleMap(known);
  return problems.length > 0 ? problems : roleMapAdvice(known).map(asWarning);
}

/** How long each call may take where the configuration does not say. A root may need a minute to show a new tunnel. */
export const timeoutDefaults: TimeoutDefaults = {
  create: { byDefault: "5m", what: "joining" },
  update: { byDefault: "5m", what: "a change or a repair" },
  delete: { byDefault: "2m", what: "the removal of both sides" },
};

/** The arguments of `teleport_trust`, and what is known of one that exists. Nothing in it changes by itself. */
export const schema: Schema = {
  description:
    "Trust between two clusters, both sides of it: the leaf joins the root, users of the root may reach the leaf in the roles that the map gives them. One apply makes the invitation token, joins, removes the token, labels the leaf and waits until its tunnel is up. The token is never stored.",
  attributes: {
    id: {
      type: types.string,
      mode: "computed",
      keepPrior: true,
      description: "`<root>/<leaf>`, the real names of the clusters.",
    },
    root: {
      type: types.string,
      mode: "required",
      description:
        "The root cluster, by its key in the provider's `clusters`. Renaming the key changes nothing; another real cluster is another trust.",
    },
    leaf: {
      type: types.string,
      mode: "required",
      description:
        "The leaf cluster, by its key in the provider's `clusters`. Renaming the key changes nothing; another real cluster is another trust.",
    },
    role_map: {
      mode: "required",
      description:
        "Which roles of the leaf the users of the root hold there. Rows are tried in order, and all that match apply.",
      nested: {
        nesting: "list",
        attributes: {
          remote: {
            type: types.string,
            mode: "required",
            description: "A role of the root, a glob such as `dev-*`, or a regular expression from `^` to `$`.",
          },
          local: {
            type: types.list(types.string),
            mode: "required",
            description: "Roles of the leaf; `$1` is what `remote` captured first.",
          },
        },
      },
      validate: [roleMapProblems],
    },
    enabled: {
      type: types.bool,
      mode: "optional-computed",
      default: true,
      description:
        "Whether the leaf accepts users of the root and keeps its tunnel up. A disabled trust stays known on both sides.",
    },
    labels: {
      type: types.map(types.string),
      mode: "optional",
      description:
        "Labels of the leaf on the root, for `cluster_labels` of roles. Labels with other keys are left alone. A labelled leaf is seen only by roles that allow its labels.",
      validate: [labelKeysValidator],
    },
    web_proxy_addr: {
      type: types.string,
      mode: "optional-computed",
      keepPrior: true,
      description:
        "`host:port` of the root's web proxy as the leaf reaches it. Without it: what the root says of itself. A change joins anew.",
      validate: [addressValidator],
    },
    tunnel_addr: {
      type: types.string,
      mode: "optional-computed",
      keepPrior: true,
      description:
        "`host:port` of the root's reverse tunnel as the leaf reaches it. Without it: what the root says of itself. A change joins anew.",
      validate: [addressValidator],
    },
    token_ttl: {
      type: types.string,
      mode: "optional-computed",
      default: "5m",
      description:
        "How long the invitation token lives if nothing removes it, as a duration. It is removed as soon as the leaf has joined.",
      validate: [durationValidator, ifDuration(tokenTtlProblems)],
    },
    wait_for: {
      type: types.string,
      mode: "optional-computed",
      default: "online",
      description:
        "What to wait for after a join or an enable: `online` (the tunnel is up), `registered` (the root knows the leaf; enough for hundreds of leaves), `none`.",
      validate: [oneOfValidator("online", "registered", "none")],
    },
    timeouts: timeoutsAttribute(timeoutDefaults),
    joined: {
      type: types.bool,
      mode: "computed",
      keepPrior: true,
      description:
        "Whether both sides exist and fit. False after a refresh that missed one; the next apply repairs it in place.",
    },
  },
};

/** Rules over several attributes. */
export function* validateConfig(config: ObjectValue): Iterable<ProblemShape> {
  if (typeof config.root === "string" && config.root === config.leaf) {
    yield new Problem(
      "TRUST_SAME_CLUSTER",
      `root and leaf are one cluster, "${config.root}"`,
      ["leaf"],
      "Name two different clusters; no cluster can trust itself.",
    );
  }
}
