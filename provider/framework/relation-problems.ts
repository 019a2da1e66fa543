import type { ProblemShape } from "./diagnostic";

/** Says how to go on after a create that stopped half-way: Terraform would begin anew. */
export function withUntaintHint(problem: ProblemShape): ProblemShape {
  const { code, what, where, severity } = problem;
  if (severity === "warning") return problem;
  const hint =
    "What was made is kept in the state and marked as tainted, so the next apply would remove it and begin anew. To go on from here instead, run " +
    "`terraform untaint 'ADDRESS'`, ADDRESS as shown above, and apply again.";
  return { code, what, where, next: `${problem.next}\n\n${hint}` };
}

/** What was to be imported is not there. */
export function relationNotThere(noun: string, id: string): ProblemShape {
  return {
    code: "API_NOT_FOUND",
    what: `there is no ${noun} ${JSON.stringify(id)} to import`,
    where: [],
    next: "Check the import id, and whether the identities may read it; or write it in the configuration and apply, which creates it.",
  };
}
