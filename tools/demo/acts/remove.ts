import type { Demo } from "../demo";
import { differences, takeInventory } from "../inventory";
import { deedsOf } from "../terraform-text";

/** "Remove a trusted leaf cluster", from both sides. */
export async function remove({ site, screen, deployer, opening }: Demo): Promise<void> {
  screen.title("Destroy");
  screen.quote(deedsOf(await deployer.destroy()));
  const left = differences(opening, takeInventory(site.lab));
  screen.claim("both clusters hold what they held before, the user's roles and logins too", left.length === 0, left);
}
