import type { ObjectValue, ProblemShape, Schema } from "../../../../../provider/framework";
import { schemaProblems } from "../../../../../provider/framework/validate";

/** A problem as one line: severity, path, what and what next. */
export function line({ severity, where, what, next, code }: ProblemShape): string {
  return `${severity ?? "error"} ${where.join(".")}: ${what}. ${next} [${code}]`;
}

interface Validated {
  readonly schema: Schema;
  validateConfig?(config: ObjectValue): Iterable<ProblemShape>;
}

/** Everything that `terraform validate` says of a configuration. */
export function validate(resource: Validated, config: ObjectValue): string[] {
  const ofSchema = schemaProblems(resource.schema, config, { writeOnlyAllowed: true });
  return [...ofSchema, ...(resource.validateConfig?.(config) ?? [])].map(line);
}
