import { badParameter } from "../trace-error";
import { type Expression, parseExpression } from "./expression";
import { compileRegexp, type GoRegexp } from "./go-regexp";

/** What stands between the brackets, taken apart: each piece gives a list of texts. */
export type TraitExpression =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "trait"; readonly namespace: "internal" | "external"; readonly name: string }
  | { readonly kind: "email-local"; readonly of: TraitExpression }
  | {
      readonly kind: "regexp-replace";
      readonly of: TraitExpression;
      readonly pattern: GoRegexp;
      readonly replacement: string;
    };

/** A role's text with a template in it: `dev-{{external.team}}`. */
export interface TraitTemplate {
  readonly prefix: string;
  readonly expression: TraitExpression;
  readonly suffix: string;
}

/** One template a text, and no brackets within. */
const shape = /^([^{}]*)\{\{([^{}]*)\}\}([^{}]*)$/s;

/**
 * Takes a role's text apart; undefined for one without a template.
 *
 * @throws TraceError bad_parameter for a template that does not parse
 */
export function parseTraitTemplate(text: string): TraitTemplate | undefined {
  const found = shape.exec(text);
  if (found === null) {
    if (!text.includes("{{") && !text.includes("}}")) return undefined;
    throw badParameter(
      `${JSON.stringify(text)} is using template brackets '{{' or '}}', however expression does not parse, make sure the format is {{expression}}`,
    );
  }
  const [, prefix = "", inner = "", suffix = ""] = found;
  return {
    prefix: prefix.trimStart(),
    expression: traitExpression(parseExpression(inner), inner),
    suffix: suffix.trimEnd(),
  };
}

function traitExpression(expression: Expression, inner: string): TraitExpression {
  switch (expression.kind) {
    case "text":
      return expression;
    case "name":
      return traitOf(expression.path, inner);
    case "index":
      return traitOf([...(expression.of.kind === "name" ? expression.of.path : []), expression.key], inner);
    case "call":
      return transformation(expression.name, expression.args, inner);
    default:
      throw badParameter(`"${inner}" does not evaluate to a string`);
  }
}

function traitOf([namespace, name, ...more]: readonly string[], inner: string): TraitExpression {
  const isNamespace = namespace === "internal" || namespace === "external";
  if (!isNamespace || name === undefined || more.length > 0) {
    throw badParameter(`"${inner.trim()}" is not a variable: use internal.<trait> or external.<trait>`);
  }
  return { kind: "trait", namespace, name };
}

function transformation(name: string, args: readonly Expression[], inner: string): TraitExpression {
  const [first, ...others] = args;
  if (first !== undefined && name === "email.local" && others.length === 0) {
    return { kind: "email-local", of: traitExpression(first, inner) };
  }
  const [pattern, replacement, ...more] = others;
  if (first !== undefined && name === "regexp.replace" && more.length === 0) {
    if (pattern?.kind !== "text" || replacement?.kind !== "text") {
      throw badParameter(`"${inner.trim()}": pattern and replacement of regexp.replace are texts`);
    }
    return {
      kind: "regexp-replace",
      of: traitExpression(first, inner),
      pattern: compileRegexp(pattern.value),
      replacement: replacement.value,
    };
  }
  throw badParameter(`"${inner.trim()}": the functions are email.local(x) and regexp.replace(x, pattern, replacement)`);
}
