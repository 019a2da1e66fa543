import type { ProblemShape } from "./diagnostic";
import type { Path } from "./path";

/** One object in sentences: `role "access"`. */
export interface Named {
  readonly noun: string;
  readonly name: string;
}

/** `role "access"`. */
export function titled({ noun, name }: Named): string {
  return `${noun} ${JSON.stringify(name)}`;
}

/** @param revision of the object that is there; empty when the server has none */
export function alreadyExists(object: Named, place: string, importId: string, revision: string): ProblemShape {
  const since = revision === "" ? "" : `, at revision ${revision}`;
  return {
    code: "API_ALREADY_EXISTS",
    what: `${titled(object)} already exists in ${place}`,
    where: [],
    next:
      `Somebody created it outside this configuration${since}. Import it with \`terraform import 'ADDRESS' ${importId}\`, ` +
      "ADDRESS as shown above, or remove it first.",
  };
}

/** What was to be changed is gone. `place` is the cluster, for people. */
export function goneBeforeUpdate(object: Named, place: string): ProblemShape {
  return {
    code: "API_NOT_FOUND",
    what: `${titled(object)} is no longer in ${place}`,
    where: [],
    next: "Somebody removed it after the plan was made. Plan again: it will be created.",
  };
}

/** What was to be imported is not there. `idForm` tells how import ids look. */
export function notThereToImport(object: Named, place: string, idForm: string): ProblemShape {
  return {
    code: "API_NOT_FOUND",
    what: `there is no ${titled(object)} in ${place}`,
    where: [],
    next: `Check the import id, which is ${idForm}, and whether the identity may read it.`,
  };
}

/** What a data source was to read is not there. `path` is that of its name. */
export function notThereToRead(object: Named, place: string, path: Path): ProblemShape {
  return {
    code: "API_NOT_FOUND",
    what: `there is no ${titled(object)} in ${place}`,
    where: path,
    next:
      "Check the name and the cluster. An object that the same apply is to create must be created first: refer to it " +
      "(such as to its `id`) in place of writing its name, or use `depends_on`.",
  };
}

/** A data source's configuration says what the object does not have; it is told by paths alone, since values can be secrets. A warning. */
export function saidInVain(object: Named, paths: readonly string[], name: Path): ProblemShape {
  const shown = paths.slice(0, 5).map((path) => `\`${path}\``);
  const listed =
    paths.length > shown.length ? `${shown.join(", ")} and ${paths.length - shown.length} more` : shown.join(", ");
  return {
    code: "DATA_SAID_IN_VAIN",
    what: `${titled(object)} is not as this block says: it differs in ${listed}`,
    where: [],
    next: `The data source answers what the cluster has. Of the block only \`${name.join(".")}\` counts: leave the rest out.`,
    severity: "warning",
  };
}

/** What was created cannot be read back, although nothing failed. */
export function notReadBack(object: Named, place: string): ProblemShape {
  return {
    code: "API_NOT_FOUND",
    what: `${titled(object)} was created in ${place}, but cannot be read back`,
    where: [],
    next:
      "It was saved as planned and marked as tainted. If it is there, run `terraform untaint 'ADDRESS'`, ADDRESS as shown above, " +
      "and apply again; else apply again, which creates it anew.",
  };
}

/** The revision did not move after an update. A warning. */
export function revisionStood(object: Named, place: string, revision: string): ProblemShape {
  return {
    code: "API_STALE",
    what: `${titled(object)} was written to ${place}, which still answers with revision ${revision}`,
    where: [],
    next: "The state holds what was written. A cache of the cluster may lag behind: plan again after a while.",
    severity: "warning",
  };
}

/** A read could not be done because of the connection, so it changed nothing. A warning. */
export function stateKept(object: Named, problem: ProblemShape): ProblemShape {
  return {
    code: problem.code,
    what: `the state of ${titled(object)} was kept as it is: ${problem.what}`,
    where: [],
    next: problem.next,
    severity: "warning",
  };
}

/** A delete that cannot be done because there is no such connection, with the two-step way out. */
export function cannotDelete(object: Named, problem: ProblemShape): ProblemShape {
  return {
    code: problem.code,
    what: `${titled(object)} cannot be deleted: ${problem.what}`,
    where: [],
    next:
      "Put the connection back into the provider configuration, remove this resource and apply; then remove the connection. " +
      "Or forget the object without deleting it: `terraform state rm 'ADDRESS'`, ADDRESS as `terraform state list` shows it.",
  };
}

/** A delete that cannot be done as long as something is wrong with the connection. Terraform shows no address of what left the configuration. */
export function cannotDeleteYet(object: Named, problem: ProblemShape): ProblemShape {
  const { code, what, where, next } = problem;
  return { code, what: `${titled(object)} cannot be deleted: ${what}`, where, next };
}

/** The connection leads to another cluster than the one that the object is in; real names. */
export function leadsElsewhere(object: Named, attribute: string, expected: string, found: string): ProblemShape {
  return {
    code: "CONNECTION_MOVED",
    what: `${titled(object)} is in cluster ${expected}, but its connection now leads to ${found}`,
    where: [attribute],
    next:
      `Let the connection lead to ${expected} again, or name another in \`${attribute}\`. If ${expected} is gone for ever, ` +
      "forget the object: `terraform state rm 'ADDRESS'`, ADDRESS as shown above.",
  };
}

/** A check at plan that could not be made. A warning. */
export function notChecked(problem: ProblemShape): ProblemShape {
  return { ...problem, code: problem.code, what: `not checked: ${problem.what}`, where: [], severity: "warning" };
}
