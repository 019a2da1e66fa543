import type { Demo } from "../demo";
import { guideUser } from "../lab-site";
import { planOf } from "../terraform-text";

/** Two clusters that do not know one another, a program, and its plan. */
export async function plan({ site, screen, project, deployer }: Demo): Promise<void> {
  screen.title("Two clusters, and a program that describes the trust between them (examples/guide)");
  screen.say(`${site.root.name} at ${site.root.addresses.proxy}, ${site.leaf.name} at ${site.leaf.addresses.proxy}`);
  screen.quote(project.program);
  screen.title("The plan");
  const lines = planOf(await deployer.diff());
  screen.quote(lines);
  const nothing = site.lab.issuedTokens.length === 0 && site.root.dump().remote_clusters.length === 0;
  screen.claim("a plan makes nothing, not even a token", nothing && lines.at(-1)?.startsWith("Plan: ") === true);
  // The guide signs in before it changes the user: this certificate knows nothing of what comes.
  await site.login(guideUser);
}
