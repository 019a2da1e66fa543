import type { ProblemShape, Validator, Value } from "../../framework";
import { invalid } from "../validators/invalid";

const oldest = 3;
const newestKnown = 9;

/** The major version of Teleport that first takes a version of a role. Up to v7 every one from 14 on does; of v9 it is not known. */
const takenSince: ReadonlyMap<number, number> = new Map([[8, 18]]);

/** The number of a role's version, such as 7; undefined when it is not known or none. */
function numberOf(version: Value): number | undefined {
  const digits = typeof version === "string" ? /^v(\d{1,3})$/.exec(version)?.[1] : undefined;
  return digits === undefined ? undefined : Number(digits);
}

/** `v3` and later. The list has no end: a version that is newer than this provider is the cluster's to judge. */
export const versionValidator: Validator = (value) => {
  const number = numberOf(value);
  if (number === undefined || number < oldest) {
    return [invalid(`${JSON.stringify(value)} is no version of a role`, `Write "v${oldest}" to "v${newestKnown}".`)];
  }
  if (number <= newestKnown) return [];
  const unknown = invalid(
    `role version ${JSON.stringify(value)} is newer than this provider knows`,
    "It is sent as it is; what the cluster fills in by itself may show as a difference.",
  );
  return [{ code: unknown.code, what: unknown.what, where: unknown.where, next: unknown.next, severity: "warning" }];
};

/** The major version of Teleport that a role's version needs; undefined when any will do, or nobody knows. */
export function teleportFor(version: Value): number | undefined {
  return takenSince.get(numberOf(version) ?? 0);
}

/** What a role means where it says nothing, by version (api/types/role.go, CheckAndSetDefaults). */
const meanings: readonly (readonly [subject: string, meaning: (version: number) => string])[] = [
  [
    "labels of nodes, applications, Kubernetes clusters and databases that are not set",
    (version) => (version <= 3 ? "match everything" : "match nothing"),
  ],
  [
    "`kubernetes_resources` that are not set",
    (version) => (version <= 5 ? "allow every pod" : version === 6 ? "allow nothing" : "allow every object"),
  ],
  [
    "entries of `kubernetes_resources` without `verbs`",
    (version) => (version <= 6 ? "allow every action" : "allow none"),
  ],
  ["`kubernetes_resources`", (version) => (version <= 7 ? "do not tell API groups apart" : "tell API groups apart")],
];

/** A warning that tells what a change of a role's version alters beside what the configuration says; nothing without such a change. */
export function* versionChangeProblems(prior: Value, planned: Value): Iterable<ProblemShape> {
  const [from, to] = [numberOf(prior), numberOf(planned)];
  if (from === undefined || to === undefined) return;
  const changed = meanings.filter(([, meaning]) => meaning(from) !== meaning(to));
  if (changed.length === 0) return;
  const sentences = changed.map(([subject, meaning]) => `${subject} ${meaning(to)} (v${from}: ${meaning(from)})`);
  yield {
    code: "ROLE_VERSION_CHANGE",
    severity: "warning",
    what: `version v${from} → v${to} changes what the role means where it says nothing`,
    where: ["version"],
    next: `In v${to} ${sentences.join("; ")}. Write these attributes out to keep what they mean.`,
  };
}
