import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import fc from "fast-check";

import { CommandLineError, splitCommandLine } from "../../../../lab/node/command-line";

const lines: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["", []],
  [" \t ", []],
  ["uname -a", ["uname", "-a"]],
  ["  echo   a\tb  ", ["echo", "a", "b"]],
  ["echo 'a  b' \"c  d\"", ["echo", "a  b", "c  d"]],
  [`echo a'b'"c"d`, ["echo", "abcd"]],
  ["echo '' \"\"", ["echo", "", ""]],
  ["echo a\\ b \\$HOME \\;", ["echo", "a b", "$HOME", ";"]],
  ["echo '$HOME;|&'", ["echo", "$HOME;|&"]],
  ['echo "a\\"b\\\\c\\d"', ["echo", 'a"b\\c\\d']],
  ["date '+%F %T'", ["date", "+%F %T"]],
];

describe("a command line", () => {
  for (const [line, words] of lines) {
    test(`${JSON.stringify(line)} has the words ${JSON.stringify(words)}`, () => {
      assert.deepEqual(splitCommandLine(line), words);
    });
  }

  for (const line of [
    "a; b",
    "a | b",
    "a && b",
    "a > b",
    "$(id)",
    "`id`",
    "$HOME",
    "*",
    "~",
    "a # b",
    "a\nb",
    "{a,b}",
  ]) {
    test(`${JSON.stringify(line)} is for a shell`, () => {
      assert.throws(
        () => splitCommandLine(line),
        /^CommandLineError: ".*" is for a shell, and there is none here: quote it$/,
      );
    });
  }

  test("quotes and backslashes have to be finished, and nothing is expanded between quotes", () => {
    assert.throws(() => splitCommandLine("echo 'a"), /a quote ' is never closed/);
    assert.throws(() => splitCommandLine('echo "a'), /a quote " is never closed/);
    assert.throws(() => splitCommandLine("echo a\\"), /a backslash protects nothing/);
    assert.throws(() => splitCommandLine('echo "$HOME"'), /"\$" is for a shell/);
    assert.throws(() => splitCommandLine('echo "`id`"'), /"`" is for a shell/);
  });

  test("is read as a POSIX shell reads it, or not at all", () => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
    const piece = fc.constantFrom("a", "b", " ", "\t", "'", '"', "\\", "$", "-", "=", "%", "é", ";");
    const line = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(fc.array(line, { minLength: 20, maxLength: 20 }), (candidates) => {
        const accepted = candidates.flatMap((text) => {
          try {
            return [{ text, words: splitCommandLine(text) }];
          } catch (error) {
            assert.ok(error instanceof CommandLineError);
            return [];
          }
        });
        // One shell for all of them: each prints its words, one a line, and a mark.
        const script = accepted.map(({ text }) => `set -- ${text}\nprintf '<%s>' "$@"; echo`).join("\n");
        const output = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }).split("\n");
        accepted.forEach(({ text, words }, index) => {
          const expected = words.length === 0 ? "<>" : words.map((word) => `<${word}>`).join("");
          assert.equal(output[index], expected, JSON.stringify(text));
        });
      }),
      { seed, numRuns: 20 },
    );
  });
});
