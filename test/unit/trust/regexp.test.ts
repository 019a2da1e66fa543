import assert from "node:assert/strict";
import { test } from "node:test";

import { Problem } from "../../../trust";
import { quoteMeta } from "../../../trust/expression";
import { compileRegexp } from "../../../trust/regexp";
import { readVectors } from "../../support/vectors";

interface Compile {
  readonly pattern?: string;
  readonly error?: string;
  readonly code?: string;
  readonly since?: string;
}

interface Match {
  readonly kind: string;
  readonly pattern?: string;
  readonly input?: string;
  readonly template?: string;
  readonly index: readonly number[] | null;
  readonly replaced?: string;
}

const vectors = readVectors<{
  compile: Compile[];
  match: Match[];
  quote_meta: { input?: string; quoted?: string }[];
}>("go-regexp");

/** Read by Go 1.25 and later only; Teleport 17 was built with an older one. The library knows some of it: either will do. */
function isTooNew({ since }: Compile): boolean {
  return since === "1.25";
}

// The library's own words; Go's add the pattern, which our text has at its beginning.
const shortened = ["trailing backslash at end of expression", "expression nests too deeply", "expression too large"];

test("compiles every pattern that Go compiles, and refuses the others with Go's words", () => {
  for (const row of vectors.compile) {
    // Bytes that are no UTF-8 are no text in Node.
    if (row.pattern === undefined || isTooNew(row)) continue;
    if (row.error === undefined) {
      compileRegexp(row.pattern);
      continue;
    }
    assert.throws(
      () => compileRegexp(row.pattern as string),
      (error) => {
        assert(error instanceof Problem);
        assert.equal(error.code, "TRUST_REGEXP");
        const expected = shortened.includes(row.code ?? "") ? `error parsing regexp: ${row.code}` : (row.error ?? "");
        assert(error.what.includes(expected), `${row.pattern}: ${error.what}`);
        return true;
      },
      row.pattern,
    );
  }
});

test("matches and replaces as Go does, in linear time", () => {
  const started = performance.now();
  for (const { pattern, input, template, index, replaced } of vectors.match) {
    if (pattern === undefined || input === undefined || template === undefined || replaced === undefined) continue;
    const regexp = compileRegexp(pattern);
    assert.equal(regexp.test(input), index !== null, `${pattern} on ${JSON.stringify(input)}`);
    assert.equal(regexp.replaceAll(input, template), replaced, `${pattern} on ${JSON.stringify(input)}, ${template}`);
  }
  // Nine rows keep a backtracking engine busy for longer than anybody waits.
  assert(performance.now() - started < 20_000);
});

test("quotes as Go does", () => {
  for (const { input, quoted } of vectors.quote_meta) {
    if (input !== undefined && quoted !== undefined) assert.equal(quoteMeta(input), quoted);
  }
});

test("tells groups of the same name apart, and is not misled by what only looks like a group", () => {
  assert.equal(compileRegexp("(?P<n>a)|(?P<n>b)").replaceAll("b", "<$n>"), "<b>");
  assert.equal(compileRegexp("[(?P<n>]+(?P<n>a)(?P<n>b)\\(?<n>").replaceAll("(?ab(<n>", "<$n>"), "<a>");
});

test("a refused pattern is named, with the rule", () => {
  assert.throws(() => compileRegexp("a(?!b)"), {
    what: '"a(?!b)" is not a regular expression: error parsing regexp: invalid or unsupported Perl syntax: `(?!`',
    next: "Use the syntax of RE2 (https://github.com/google/re2/wiki/Syntax): no look-around, no back-references.",
  });
});
