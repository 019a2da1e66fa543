import { RE2JS } from "re2js";

import { badParameter } from "../trace-error";

/** Group positions of one match, as Go's FindSubmatchIndex gives them: start and end by group, -1 where it took no part. */
type MatchIndex = readonly number[];

/** A regular expression of Go's, compiled: linear in time, Go's syntax and error texts (re2js), Go's templates (own code). */
export interface GoRegexp {
  /** Whether it matches anywhere in `input`; anchors are the pattern's own business. */
  matches(input: string): boolean;
  /** Go's Regexp.ReplaceAllString: what lies outside the matches stays. */
  replaceAll(input: string, template: string): string;
}

/**
 * Compiles what a role map or a label selector holds.
 *
 * A text between `^` and `$` is a regular expression as it stands. In any other each `*` stands for any text, which
 * becomes a group, and everything else for itself.
 *
 * @throws TraceError bad_parameter with Go's own error text
 */
export function compileMatcher(expression: string): GoRegexp {
  if (expression.startsWith("^") && expression.endsWith("$")) return compileRegexp(expression);
  return compileRegexp(`^${RE2JS.quote(expression).replaceAll("\\*", "(.*)")}$`);
}

/** Compiles a regular expression. @throws TraceError bad_parameter with Go's own error text */
export function compileRegexp(pattern: string): GoRegexp {
  const compiled = compile(pattern);
  const names = groupNames(compiled);
  return {
    matches: (input) => compiled.matcher(input).find(),
    replaceAll: (input, template) =>
      replaceAll(compiled, input, (match) => expandTemplate(template, input, match, names)),
  };
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw badParameter((error as Error).message);
  }
}

/** Go's subexpNames: the name of each group, empty for one without. */
function groupNames(compiled: RE2JS): string[] {
  const names = new Array<string>(compiled.groupCount() + 1).fill("");
  for (const [name, group] of Object.entries(compiled.namedGroups())) names[group as number] = name;
  return names;
}

function matchFrom(compiled: RE2JS, input: string, position: number): MatchIndex | undefined {
  const matcher = compiled.matcher(input);
  if (!matcher.find(position)) return undefined;
  const index: number[] = [];
  for (let group = 0; group <= compiled.groupCount(); group++) index.push(matcher.start(group), matcher.end(group));
  return index;
}

/** The loop of Go's Regexp.replaceAll: an empty match right behind the one before does not count. */
function replaceAll(compiled: RE2JS, input: string, expand: (match: MatchIndex) => string): string {
  let output = "";
  let copiedTo = 0;
  let position = 0;
  while (position <= input.length) {
    const match = matchFrom(compiled, input, position);
    if (match === undefined) break;
    const [start, end] = match as [number, number];
    output += input.slice(copiedTo, start);
    if (end > copiedTo || start === 0) output += expand(match);
    copiedTo = end;
    position = Math.max(end, position + widthAt(input, position));
  }
  return output + input.slice(copiedTo);
}

/** Length in UTF-16 units of the character at `position`; 1 at the end, so that a loop gets past it. */
function widthAt(input: string, position: number): number {
  return (input.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}

/** Go's Regexp.Expand: puts groups in for `$name` and `${name}`, `$` for `$$`, and leaves what is neither. */
function expandTemplate(template: string, input: string, match: MatchIndex, names: readonly string[]): string {
  let output = "";
  let rest = template;
  for (let at = rest.indexOf("$"); at >= 0; at = rest.indexOf("$")) {
    output += rest.slice(0, at);
    rest = rest.slice(at + 1);
    if (rest.startsWith("$")) {
      output += "$";
      rest = rest.slice(1);
      continue;
    }
    const reference = readReference(rest);
    if (reference === undefined) {
      output += "$";
      continue;
    }
    rest = rest.slice(reference.length);
    output += groupText(reference.name, input, match, names);
  }
  return output + rest;
}

/** Reads the name behind a `$`: as many letters, digits and `_` as there are, or those between braces. */
function readReference(text: string): { name: string; length: number } | undefined {
  const braced = /^\{([\p{L}\p{Nd}_]+)\}/u.exec(text);
  if (braced !== null) return { name: braced[1] as string, length: braced[0].length };
  const plain = /^[\p{L}\p{Nd}_]+/u.exec(text);
  return plain === null ? undefined : { name: plain[0], length: plain[0].length };
}

function groupText(name: string, input: string, match: MatchIndex, names: readonly string[]): string {
  const start = (group: number) => match[2 * group] ?? -1;
  const group = isGroupNumber(name)
    ? Number(name)
    : names.findIndex((candidate, at) => candidate === name && start(at) >= 0);
  return group >= 0 && start(group) >= 0 ? input.slice(start(group), match[2 * group + 1]) : "";
}

/** Go reads no number with a leading zero, and none of ten digits or more: those are names. */
function isGroupNumber(name: string): boolean {
  return /^(0|[1-9][0-9]{0,8})$/.test(name);
}
