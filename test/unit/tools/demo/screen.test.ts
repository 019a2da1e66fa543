import assert from "node:assert/strict";
import { test } from "node:test";

import { Screen, table } from "../../../../tools/demo/screen";

const secret = "0123456789abcdef0123456789abcdef";

function screenOf(tokens: readonly string[] = []) {
  const texts: string[] = [];
  return { texts, screen: new Screen({ write: (text: string) => texts.push(text) }, () => tokens) };
}

test("a claim is shown when it holds, and fails the demo when it does not", () => {
  const { texts, screen } = screenOf();
  screen.claim("the tunnel is up", true);
  assert.deepEqual(texts, ["  ✓ the tunnel is up\n"]);
  assert.throws(() => screen.claim("the tunnel is up", false, { status: "offline" }), {
    message: 'it is not so that the tunnel is up; seen: {"status":"offline"}',
  });
  assert.equal(texts.length, 1);
});

test("no way of showing shows a token's value, or the secret part of it alone", () => {
  const { texts, screen } = screenOf([`tt-89abcdef-1-20261122T120000Z-${secret}`, "somebody's own"]);
  const shown = [`a ${secret} b`, "by somebody's own token"];
  for (const text of shown) {
    const ways = [
      () => screen.title(text),
      () => screen.say(text),
      () => screen.quote(["harmless", text]),
      () => screen.command(text),
      () => screen.claim(text, true),
      () => screen.edit({ before: "", after: text }),
    ];
    for (const way of ways) assert.throws(way, { message: "a text that holds a token's value was about to be shown" });
  }
  screen.say("the prefix tt-89abcdef- is public");
  assert.doesNotMatch(texts.join(""), /0123456789abcdef|own token/);
  assert.match(texts.join(""), /is public/);
});

test("what is no terminal gets no colours, and a table's columns are as wide as their widest cell", () => {
  const { texts, screen } = screenOf();
  screen.title("Act");
  screen.quote(
    table([
      ["Name", "Status"],
      ["a-long-name", "online"],
      ["b", ""],
    ]),
  );
  assert.deepEqual(texts, [
    "\n▸ Act\n",
    "  │ Name         Status\n",
    "  │ -----------  ------\n",
    "  │ a-long-name  online\n",
    "  │ b\n",
  ]);
});
