import { badParameter } from "../trace-error";

/** A parsed predicate: what a role's `where` or `…_labels_expression` says. */
export type Expression =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "name"; readonly path: readonly string[] }
  | { readonly kind: "index"; readonly of: Expression; readonly key: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "not"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: "&&" | "||" | "==" | "!=";
      readonly left: Expression;
      readonly right: Expression;
    };

/** Longest expression that is read: what nests deeper than a role ever does must not exhaust the stack. */
const maxTokens = 1000;

const token = /\s*(?:("(?:[^"\\]|\\.)*")|(`[^`]*`)|([A-Za-z_][A-Za-z0-9_]*)|(&&|\|\||==|!=|[!().,[\]]))/y;

/**
 * Parses Teleport's predicate language, as far as the lab knows it: names, `x["key"]`, calls, texts, `!`, `==`, `!=`,
 * `&&`, `||` and parentheses.
 *
 * @throws TraceError bad_parameter with the place where it stopped
 */
export function parseExpression(text: string): Expression {
  const reader = new Reader(text, tokensOf(text));
  const expression = reader.either();
  reader.end();
  return expression;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw badParameter(`failed to parse expression "${text}" at position ${at}`);
    tokens.push(found[0].trim());
    if (tokens.length > maxTokens)
      throw badParameter(`failed to parse expression: it has more than ${maxTokens} parts`);
  }
  return tokens;
}

class Reader {
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly tokens: readonly string[],
  ) {}

  either(): Expression {
    return this.#chain("||", () => this.#chain("&&", () => this.#comparison()));
  }

  end(): void {
    if (this.#at < this.tokens.length) throw this.#unexpected();
  }

  #chain(operator: "||" | "&&", operand: () => Expression): Expression {
    let left = operand();
    while (this.#accept(operator)) left = { kind: "binary", operator, left, right: operand() };
    return left;
  }

  #comparison(): Expression {
    const left = this.#unary();
    for (const operator of ["==", "!="] as const) {
      if (this.#accept(operator)) return { kind: "binary", operator, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): Expression {
    return this.#accept("!") ? { kind: "not", operand: this.#unary() } : this.#postfix(this.#primary());
  }

  #primary(): Expression {
    if (this.#accept("(")) {
      const inner = this.either();
      this.#expect(")");
      return inner;
    }
    const next = this.#take();
    if (next.startsWith('"') || next.startsWith("`")) return { kind: "text", value: this.#unquote(next) };
    if (!/^[A-Za-z_]/.test(next)) throw this.#unexpected(-1);
    const path = [next];
    while (this.#accept(".")) path.push(this.#take());
    if (!this.#accept("(")) return { kind: "name", path };
    return { kind: "call", name: path.join("."), args: this.#arguments() };
  }

  #arguments(): Expression[] {
    const args: Expression[] = [];
    if (this.#accept(")")) return args;
    do args.push(this.either());
    while (this.#accept(","));
    this.#expect(")");
    return args;
  }

  #postfix(of: Expression): Expression {
    let expression = of;
    while (this.#accept("[")) {
      expression = { kind: "index", of: expression, key: this.#unquote(this.#take()) };
      this.#expect("]");
    }
    return expression;
  }

  #unquote(quoted: string): string {
    if (quoted.startsWith("`")) return quoted.slice(1, -1);
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw this.#unexpected(-1);
    }
  }

  #accept(wanted: string): boolean {
    if (this.tokens[this.#at] !== wanted) return false;
    this.#at++;
    return true;
  }

  #expect(wanted: string): void {
    if (!this.#accept(wanted)) throw this.#unexpected();
  }

  #take(): string {
    const next = this.tokens[this.#at];
    if (next === undefined) throw this.#unexpected();
    this.#at++;
    return next;
  }

  #unexpected(offset = 0): Error {
    const seen = this.tokens[this.#at + offset];
    return badParameter(
      `failed to parse expression "${this.text}": unexpected ${seen === undefined ? "end" : `"${seen}"`}`,
    );
  }
}
