import { type Demo, isOnline, showClusters, showSsh, soon } from "../demo";
import { deedsOf } from "../terraform-text";

/** "Temporarily disable a trusted cluster", and enable it again. */
export async function disable(demo: Demo): Promise<void> {
  const { site, screen, project, deployer } = demo;
  screen.title("Disable the trust, and enable it again");
  screen.edit(project.edit("labels: { env:", "enabled: false, labels: { env:"));
  screen.quote(deedsOf(await deployer.deploy()));
  await soon(demo, "the root sees the leaf offline", (signal) => site.root.offline(site.leaf.name, signal));
  const offline = await showClusters(demo, "bot");
  screen.claim("the tunnel is gone", !isOnline(offline, site.leaf), offline);
  const refused = await showSsh(demo, "pwd");
  screen.claim("nobody gets in", refused.code !== 0, refused);

  screen.edit(project.edit("enabled: false, ", ""));
  screen.quote(deedsOf(await deployer.deploy()));
  await soon(demo, "the root sees the leaf online", (signal) => site.root.online(site.leaf.name, signal));
  const online = await showClusters(demo, "bot");
  const { length: tokens } = site.lab.issuedTokens;
  screen.claim("the tunnel is back; no token was needed", isOnline(online, site.leaf) && tokens === 1, online);
  const { code, lines } = await showSsh(demo, "pwd");
  screen.claim("and so are the root's users", code === 0, lines);
}
