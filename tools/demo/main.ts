// `npm run demo`: the guide from the first trust to its removal, on three lab clusters, by the tools that a person would use.
import { assertPrerequisites } from "../prerequisites";
import { disable } from "./acts/disable";
import { join } from "./acts/join";
import { labels } from "./acts/labels";
import { logIn } from "./acts/log-in";
import { overlap } from "./acts/overlap";
import { plan } from "./acts/plan";
import { remove } from "./acts/remove";
import { roleMap } from "./acts/role-map";
import { rotate } from "./acts/rotate";
import type { Demo } from "./demo";
import { createDeployer, createPipeline } from "./deployer";
import { ExampleProject } from "./example-project";
import { takeInventory } from "./inventory";
import { LabSite } from "./lab-site";
import { Screen } from "./screen";

async function play(signal: AbortSignal): Promise<void> {
  const startedMs = Date.now();
  const site = await LabSite.start();
  const projects: ExampleProject[] = [];
  const project = (name: string) => {
    const made = new ExampleProject(name);
    projects.push(made);
    return made;
  };
  const screen = new Screen(process.stdout, () => site.lab.issuedTokens);
  try {
    const demo = prepare(site, screen, project("guide"), project("rotate-tokens"), signal);
    screen.say("(The lab's root looks at its leaves every second. A real root takes about 40 seconds.)");
    for (const act of [plan, join, logIn, labels, roleMap, disable, remove]) await act(demo);
    await overlap(demo, await rotate(demo));
    conclude(demo, startedMs);
  } catch (error) {
    // What other programs printed may stand in it.
    throw screen.holdsToken(String(error)) ? new Error("an error's text holds a token's value") : error;
  } finally {
    for (const made of projects) made.dispose();
    await site.dispose();
  }
}

function prepare(
  site: LabSite,
  screen: Screen,
  project: ExampleProject,
  rotation: ExampleProject,
  signal: AbortSignal,
): Demo {
  const announce = (command: string) => screen.command(command);
  const from = ({ folder, name }: ExampleProject) => ({ folder, stack: name, signal, announce });
  const deployer = createDeployer({ ...from(project), environment: site.environment() });
  const pipeline = createPipeline({ ...from(rotation), environment: site.environmentOfMovedClock() });
  const opening = takeInventory(site.lab);
  return { site, screen, project, deployer, rotation, pipeline, opening, signal };
}

function conclude({ site, screen }: Demo, startedMs: number): void {
  screen.title("What happened");
  screen.say(
    "A leaf joined a root, and a user of the root logged in to its server; the leaf was hidden and shown again, its",
  );
  screen.say(
    "role map changed, disabled and enabled, and it left. An invitation rotated; a partner's leaf came with it and left.",
  );
  const { length: made } = site.lab.issuedTokens;
  screen.claim(`${made} tokens were made, none is left, and none was shown here`, made === 3, made);
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
  screen.say(`It took ${seconds} s. Next: the README shows the same against your own clusters.\n`);
}

async function main(): Promise<void> {
  assertPrerequisites();
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupt.abort());
  // Nobody reads any more.
  process.stdout.on("error", () => interrupt.abort());
  try {
    await play(interrupt.signal);
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    process.stderr.write("\nInterrupted; everything the demo made is removed.\n");
    process.exitCode = 130;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
