import { badParameter } from "../trace-error";
import type { Expression } from "./expression";
import { compileMatcher } from "./go-regexp";

/** What a name of an expression stands for: a text, a list of texts, a truth, or something that has names in it. */
export type ExpressionValue = string | boolean | readonly string[] | ExpressionScope;

/** Names and what they stand for. */
export interface ExpressionScope {
  readonly entries: Readonly<Record<string, ExpressionValue>>;
  /** What a name that is not there stands for; without it such a name is an error. */
  readonly otherwise?: ExpressionValue;
}

/**
 * Whether an expression holds in a scope.
 *
 * @throws TraceError bad_parameter for names and functions that the lab does not know, and for operands of a wrong kind:
 *   what it cannot decide it refuses, it never guesses
 */
export function holds(expression: Expression, scope: ExpressionScope): boolean {
  return asTruth(evaluate(expression, scope));
}

function evaluate(expression: Expression, scope: ExpressionScope): ExpressionValue {
  switch (expression.kind) {
    case "text":
      return expression.value;
    case "name":
      return expression.path.reduce<ExpressionValue>((value, name) => member(value, name, expression.path), scope);
    case "index":
      return member(evaluate(expression.of, scope), expression.key, [expression.key]);
    case "not":
      return !asTruth(evaluate(expression.operand, scope));
    case "call":
      return call(
        expression.name,
        expression.args.map((argument) => evaluate(argument, scope)),
      );
    case "binary":
      return binary(expression, scope);
  }
}

function binary({ operator, left, right }: Expression & { kind: "binary" }, scope: ExpressionScope): boolean {
  const first = evaluate(left, scope);
  if (operator === "&&") return asTruth(first) && asTruth(evaluate(right, scope));
  if (operator === "||") return asTruth(first) || asTruth(evaluate(right, scope));
  const equal = asText(first) === asText(evaluate(right, scope));
  return operator === "==" ? equal : !equal;
}

function member(value: ExpressionValue, name: string, path: readonly string[]): ExpressionValue {
  if (!isScope(value)) throw badParameter(`"${path.join(".")}" has no member "${name}"`);
  if (Object.hasOwn(value.entries, name)) return value.entries[name] as ExpressionValue;
  if (value.otherwise === undefined) throw badParameter(`unknown identifier: "${path.join(".")}"`);
  return value.otherwise;
}

function isScope(value: ExpressionValue): value is ExpressionScope {
  return typeof value === "object" && !Array.isArray(value);
}

/** The functions that the lab knows, of those that Teleport has. */
const functions: Readonly<Record<string, (args: readonly ExpressionValue[]) => ExpressionValue>> = {
  contains: ([list, item]) => asList(list).includes(asText(item)),
  contains_any: ([list, items]) => asList(items).some((item) => asList(list).includes(item)),
  contains_all: ([list, items]) => {
    const wanted = asList(items);
    return wanted.length > 0 && wanted.every((item) => asList(list).includes(item));
  },
  equals: ([left, right]) => asText(left) === asText(right),
  has_prefix: ([text, prefix]) => asText(text).startsWith(asText(prefix)),
  set: (args) => args.map(asText),
  "regexp.match": ([list, pattern]) => asList(list).some((item) => compileMatcher(asText(pattern)).matches(item)),
  "strings.upper": ([list]) => asList(list).map((item) => item.toUpperCase()),
  "strings.lower": ([list]) => asList(list).map((item) => item.toLowerCase()),
};

function call(name: string, args: readonly ExpressionValue[]): ExpressionValue {
  if (!Object.hasOwn(functions, name)) throw badParameter(`unsupported function: ${name}`);
  return (functions[name] as (args: readonly ExpressionValue[]) => ExpressionValue)(args);
}

function asTruth(value: ExpressionValue | undefined): boolean {
  if (typeof value === "boolean") return value;
  throw badParameter("expression does not evaluate to a boolean");
}

function asText(value: ExpressionValue | undefined): string {
  if (typeof value === "string") return value;
  throw badParameter("expression compares something that is not a string");
}

/** A text stands for the list of itself, an empty one for the empty list: a label that is not there is in no set. */
function asList(value: ExpressionValue | undefined): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (Array.isArray(value)) return value as readonly string[];
  throw badParameter("expression takes something for a list that is none");
}
