import type { ProblemShape, Validator, Value } from "../../framework";
import { invalid } from "../validators/invalid";

const oldest = 3;
const newestKnown = 9;

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

/** What a role of a later version gets, by the version that began it (api/types/role.go, CheckAndSetDefaults). */
const changes: readonly (readonly [since: number, newer: string, older: string])[] = [
  [
    4,
    "labels of nodes, applications, Kubernetes clusters and databases that are not set match nothing",
    "labels of nodes, applications, Kubernetes clusters and databases that are not set match everything",
  ],
  [
    6,
    "`kubernetes_resources` that are not set allow nothing",
    "`kubernetes_resources` that are not set allow every pod",
  ],
  [
    7,
    "`kubernetes_resources` that are not set allow every object, and entries without verbs allow no action",
    "entries of `kubernetes_resources` allow every action",
  ],
  [8, "`kubernetes_resources` tell API groups apart", "`kubernetes_resources` do not tell API groups apart"],
];

/** A warning that tells what a change of a role's version alters beside what the configuration says; nothing without such a change. */
export function* versionChangeProblems(prior: Value, planned: Value): Iterable<ProblemShape> {
  const [from, to] = [numberOf(prior), numberOf(planned)];
  if (from === undefined || to === undefined || from === to) return;
  const crossed = changes.filter(([since]) => since > Math.min(from, to) && since <= Math.max(from, to));
  if (crossed.length === 0) return;
  yield {
    code: "ROLE_VERSION_CHANGE",
    severity: "warning",
    what: `version v${from} → v${to} changes what the role means where it says nothing`,
    where: ["version"],
    next: `In v${to}: ${crossed.map(([, newer, older]) => (to > from ? newer : older)).join("; ")}. Write these attributes out to keep what they allow.`,
  };
}
