import type { ProblemShape } from "./diagnostic";
import { type Path, pathSteps, pathText } from "./path";
import type { Attribute, Attributes, Schema } from "./schema";
import { type ObjectValue, Unknown, type Value } from "./value";
import { walkAttributes } from "./walk";

/** What the host can do, as far as it matters to a configuration. */
export interface HostAbilities {
  /** False before Terraform 1.11 and OpenTofu 1.11. */
  readonly writeOnlyAllowed: boolean;
}

/**
 * What the schema says is wrong with a configuration: what Terraform itself leaves to the provider (null for required, a value for computed,
 * write-only on an old host), deprecations, and the attributes' own rules, which are asked about known values only.
 */
export function schemaProblems(schema: Schema, config: ObjectValue, host: HostAbilities): readonly ProblemShape[] {
  const problems: ProblemShape[] = [];
  if (schema.deprecated !== undefined) problems.push(deprecation("this", [], schema.deprecated));
  walkAttributes(schema.attributes, config, (attribute, value, path) => {
    // Nearly all attributes of a large resource end here.
    if (value === null && attribute.mode !== "required") return;
    problems.push(...attributeProblems(schema.attributes, attribute, value, [...path], host));
  });
  return problems;
}

function* attributeProblems(
  attributes: Attributes,
  attribute: Attribute,
  value: Value,
  path: Path,
  host: HostAbilities,
): Iterable<ProblemShape> {
  const name = () => pathText(pathSteps(attributes, path));
  if (value === null) {
    yield missing(name(), path);
    return;
  }
  if (attribute.mode === "computed") yield notSettable(name(), path);
  if (attribute.writeOnly && !host.writeOnlyAllowed) yield writeOnlyUnsupported(name(), path);
  if (attribute.deprecated !== undefined) yield deprecation(name(), path, attribute.deprecated);
  if (value === Unknown) return;
  for (const validator of attribute.validate ?? []) {
    for (const { code, what, where, next, severity } of validator(value)) {
      yield { code, what, where: [...path, ...where], next, severity: severity ?? "error" };
    }
  }
}

function missing(name: string, where: Path): ProblemShape {
  return {
    code: "ARGUMENT_REQUIRED",
    what: `${name} is null, but it is required`,
    where,
    next: "Give it a value.",
  };
}

function notSettable(name: string, where: Path): ProblemShape {
  return {
    code: "ARGUMENT_COMPUTED",
    what: `${name} cannot be set: the provider fills it`,
    where,
    next: "Remove it from the configuration.",
  };
}

function writeOnlyUnsupported(name: string, where: Path): ProblemShape {
  return {
    code: "ARGUMENT_WRITE_ONLY",
    what: `${name} is a write-only argument, which this version of Terraform does not know`,
    where,
    next: "Use Terraform 1.11 or newer, or OpenTofu 1.11 or newer.",
  };
}

function deprecation(name: string, where: Path, message: string): ProblemShape {
  return { code: "DEPRECATED", what: `${name} is deprecated`, where, next: message, severity: "warning" };
}
