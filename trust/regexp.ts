import type { RE2JS } from "re2js";

import { Problem } from "./problem";
import { type Captures, expandTemplate } from "./template";

/** A compiled regular expression in Go's syntax; matching takes time linear in the input, whatever the pattern. */
export interface Regexp {
  /** Whether it matches anywhere in the input; anchors are the pattern's own affair. */
  test(input: string): boolean;
  /** Go's `ReplaceAllString`: every match gives way to the expanded template, the rest of the input stays. */
  replaceAll(input: string, template: string): string;
}

type Matcher = ReturnType<RE2JS["matcher"]>;

type Engine = typeof import("re2js");

/** The library costs 10 ms to load; most runs need no regular expression at all. */
function loadEngine(): Engine {
  return require("re2js") as Engine;
}

function capturesOf(matcher: Matcher, names: GroupNames): Captures {
  const group = (index: number) => (index > matcher.groupCount() ? undefined : (matcher.group(index) ?? undefined));
  return {
    group,
    named(name) {
      for (const [candidate, index] of names) {
        const text = candidate === name ? group(index) : undefined;
        if (text !== undefined) return text;
      }
      return undefined;
    },
  };
}

function widthAt(input: string, position: number): number {
  return (input.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}

/** Go's loop, as the library's own differs: an empty match right after another one is not replaced. */
function replaceAll(matcher: Matcher, input: string, fill: () => string): string {
  let output = "";
  let copied = 0;
  let position = 0;
  while (position <= input.length && matcher.find(position)) {
    const [start, end] = [matcher.start(), matcher.end()];
    output += input.slice(copied, start);
    if (end > copied || start === 0) output += fill();
    copied = end;
    position = Math.max(position + widthAt(input, position), end);
  }
  return output + input.slice(copied);
}

type GroupNames = readonly (readonly [name: string, index: number])[];

// What can hold a text that only looks like a named group: quoted text, an escape, a character class.
const groupOrOpaque = /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]|\(\?P?<(\w+)>/g;

/** Go lets groups share a name, the library does not: each name gets a number, and the old ones are returned. */
function numberGroupNames(pattern: string): { readonly pattern: string; readonly oldName: (name: string) => string } {
  const names: string[] = [];
  const numbered = pattern.replace(groupOrOpaque, (whole, name: string | undefined) => {
    if (name === undefined) return whole;
    names.push(name);
    return `(?P<g${names.length - 1}>`;
  });
  return { pattern: numbered, oldName: (name) => names[Number(name.slice(1))] as string };
}

function compileWithSharedNames(engine: Engine, pattern: string): { compiled: RE2JS; names: GroupNames } {
  const { pattern: numbered, oldName } = numberGroupNames(pattern);
  const compiled = engine.RE2JS.compile(numbered);
  const names = Object.entries(compiled.namedGroups()).map(([name, index]) => [oldName(name), index] as const);
  return { compiled, names: names.sort((a, b) => a[1] - b[1]) };
}

function compile(engine: Engine, pattern: string): { compiled: RE2JS; names: GroupNames } {
  try {
    const compiled = engine.RE2JS.compile(pattern);
    return { compiled, names: Object.entries(compiled.namedGroups()) };
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes("duplicate capture group name")) throw error;
    return compileWithSharedNames(engine, pattern);
  }
}

/**
 * Compiles a regular expression as Go does (RE2 syntax: no look-around, no back-references).
 *
 * What Go reads only since 1.25 (`\\p{ASCII}`, long names of Unicode classes) is refused: servers built with an older
 * Go refuse it too.
 *
 * @throws Problem TRUST_REGEXP with Go's own error text
 */
export function compileRegexp(pattern: string): Regexp {
  const engine = loadEngine();
  let program: ReturnType<typeof compile>;
  try {
    program = compile(engine, pattern);
  } catch (cause) {
    if (!(cause instanceof engine.RE2JSException)) throw cause;
    throw new Problem(
      "TRUST_REGEXP",
      `${JSON.stringify(pattern)} is not a regular expression: ${cause.message}`,
      [],
      "Use the syntax of RE2 (https://github.com/google/re2/wiki/Syntax): no look-around, no back-references.",
      { cause },
    );
  }
  const { compiled, names } = program;
  return {
    test: (input) => compiled.matcher(input).find(),
    replaceAll(input, template) {
      const matcher = compiled.matcher(input);
      return replaceAll(matcher, input, () => expandTemplate(template, capturesOf(matcher, names)));
    },
  };
}
