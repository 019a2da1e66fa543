import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Secret } from "../../../trust";
import type { Demo } from "../demo";
import { generationsTable, type SeenGeneration, seeGenerations } from "../sights";
import { deedsOf, planOf, warningsOf } from "../terraform-text";

/** The name of the rotating token in examples/rotate-tokens. */
const tokenName = "partner";

const hourMs = 3_600_000;

/** The values that were handed over to the partner, in their order. */
export interface HandedOver {
  readonly first: Secret;
  readonly second: Secret;
}

/** An invitation for a leaf that somebody else runs, from its first value to the next. */
export async function rotate(demo: Demo): Promise<HandedOver> {
  const { screen, rotation, pipeline } = demo;
  screen.title("An invitation for a leaf that somebody else runs (examples/rotate-tokens)");
  screen.quote(rotation.program);
  screen.say(`By ${pipeline.title}:`);
  screen.quote(deedsOf(await pipeline.deploy()));
  await showGenerations(demo, "the root accepts one value", [1]);
  const first = handedOver(demo);
  await quietDay(demo);
  await dueDay(demo);
  return { first, second: handedOver(demo) };
}

async function quietDay({ screen, site, pipeline }: Demo): Promise<void> {
  await site.advanceClock(12 * hourMs);
  screen.say("12 hours later (the lab's clock is moved, and the provider's with it), the pipeline's plan:");
  const quiet = planOf(await pipeline.diff());
  screen.quote(quiet);
  screen.claim("a plan is empty until a rotation is due", quiet.join("\n").startsWith("No changes"), quiet);
}

async function dueDay(demo: Demo): Promise<void> {
  const { screen, site, pipeline } = demo;
  screen.title("The token rotates");
  await site.advanceClock(13 * hourMs);
  screen.say("13 hours later, the pipeline's run:");
  const lines = await pipeline.deploy();
  const reason = warningsOf(lines, `the rotating token "${tokenName}"`);
  screen.quote([...planOf(lines), ...reason, ...deedsOf(lines).filter((line) => !line.includes("Warning:"))]);
  const says = reason.join(" ");
  const isExplained = says.includes("it is older than 24h") && says.includes("the next rotation is due at");
  screen.claim("the plan says why it rotates, and when the next rotation is due", isExplained, reason);
  await showGenerations(demo, "two values are accepted: the new one, and for 12 hours the one before", [1, 2]);
}

/** Shows what the root accepts now, and claims that it is these generations. */
export async function showGenerations(demo: Demo, text: string, wanted: readonly number[]): Promise<void> {
  const { site, screen, signal } = demo;
  const seen = await site.as("bot", site.root, (root) => seeGenerations(root, tokenName, signal));
  screen.say("The tokens on the root (a token's name is its secret; the prefix is public):");
  screen.quote(generationsTable(seen));
  const isSo = seen.map(({ generation }: SeenGeneration) => generation).join() === wanted.join();
  screen.claim(text, isSo && site.root.dump().tokens.length === wanted.length, seen);
}

/** What the program's `handOver` command has written: whoever runs the leaf reads it there. */
function handedOver({ site, screen, rotation }: Demo): Secret {
  const path = join(rotation.folder, "partner.token");
  const value = new Secret(readFileSync(path, "utf8").trim());
  const newest = site.lab.issuedTokens.at(-1);
  screen.claim("the newest value was handed over: it is in the file partner.token", newest === value.reveal());
  return value;
}
