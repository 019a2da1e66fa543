import { Problem } from "./problem";
import { compileRegexp, type Regexp } from "./regexp";
import { expandTemplate } from "./template";

/**
 * What Teleport writes where it matches names and label values: `^…$` is a regular expression as it stands, anything
 * else is literal but for `*`, which matches any run of characters without a line break and captures it as `$1`, `$2`, …
 *
 * Source: teleport-api §5.3; `lib/utils/replace.go` of Teleport.
 */
export interface Expression {
  /** Whether it matches. A `^…$` expression need not match the whole text: `^a|b$` matches `ax`. */
  test(text: string): boolean;
  /** The template filled from the match; what a `^a|b$` leaves unmatched stays around it. Undefined: no match. */
  replace(text: string, template: string): string | undefined;
}

/** Whether Teleport takes the text for a regular expression: it begins with `^` and ends with `$`. */
export function isRegexpExpression(text: string): boolean {
  return text.startsWith("^") && text.endsWith("$");
}

/** Escapes what means something in a regular expression, as Go's `QuoteMeta`. */
export function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

/** The regular expression that Teleport makes of the text. */
export function regexpSource(text: string): string {
  if (isRegexpExpression(text)) return text;
  return `^${quoteMeta(text).replaceAll("\\*", "(.*)")}$`;
}

function fromRegexp(regexp: Regexp): Expression {
  return {
    test: (text) => regexp.test(text),
    replace: (text, template) => (regexp.test(text) ? regexp.replaceAll(text, template) : undefined),
  };
}

/** No `*` and one `*` are nearly all that people write; they need no engine, and loading it costs more than a plan. */
function fromFewStars(pieces: readonly string[]): Expression {
  const [prefix = "", suffix] = pieces;
  const capture = (text: string): readonly string[] | undefined => {
    if (suffix === undefined) return text === prefix ? [text] : undefined;
    if (text.length < prefix.length + suffix.length || !text.startsWith(prefix) || !text.endsWith(suffix))
      return undefined;
    const star = text.slice(prefix.length, text.length - suffix.length);
    return star.includes("\n") ? undefined : [text, star];
  };
  return {
    test: (text) => capture(text) !== undefined,
    replace(text, template) {
      const groups = capture(text);
      return groups && expandTemplate(template, { group: (index) => groups[index], named: () => undefined });
    },
  };
}

/**
 * Compiles an expression.
 *
 * @throws Problem TRUST_REGEXP when it is `^…$` and not a valid regular expression
 */
export function compileExpression(text: string): Expression {
  const pieces = text.split("*");
  if (!isRegexpExpression(text) && pieces.length <= 2) return fromFewStars(pieces);
  return fromRegexp(compileRegexp(regexpSource(text)));
}

/** What Go's regexp package says of the expression, or undefined when it compiles. */
export function expressionProblem(text: string): Problem | undefined {
  if (!isRegexpExpression(text)) return undefined;
  try {
    compileExpression(text);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
