import { type Demo, isListed, isOnline, showClusters, showSsh } from "../demo";
import { guideUser } from "../lab-site";
import { deedsOf } from "../terraform-text";

/** "Role mapping and cluster-level labels": labels hide a leaf, roles show it, and neither is a boundary. */
export async function labels(demo: Demo): Promise<void> {
  await takeTheRole(demo);
  await stillAtTheLeaf(demo);
  await giveTheRole(demo);
}

async function takeTheRole(demo: Demo): Promise<void> {
  const { site, screen, project, deployer } = demo;
  screen.title("The labelled leaf vanishes for a user without the role that shows it");
  screen.edit(project.edit("roles: [demo], ", ""));
  screen.quote(deedsOf(await deployer.deploy()));
  const { roles } = await site.login(guideUser);
  screen.say(`${guideUser} signs in again, with the roles ${roles.join(", ")}.`);
  const seen = await showClusters(demo, guideUser);
  screen.claim(`for ${guideUser} there is no such leaf: its label env=demo hides it`, !isListed(seen, site.leaf), seen);
  const refused = await showSsh(demo, "pwd");
  const words = `cluster ${JSON.stringify(site.leaf.name)} is not found`;
  const isRefused = refused.code !== 0 && refused.lines.join("\n").includes(words);
  screen.claim("the root's proxy does not lead there either, and does not say that it is there", isRefused, refused);
}

async function stillAtTheLeaf(demo: Demo): Promise<void> {
  const { site, screen } = demo;
  screen.say("The same certificate at the leaf's own proxy:");
  const direct = await showSsh(demo, "pwd", site.leaf);
  const isIn = direct.code === 0 && direct.lines.join() === "/home/visitor";
  screen.claim("labels are no boundary: the leaf trusts the root's certificates. The role map is one", isIn, direct);
}

async function giveTheRole(demo: Demo): Promise<void> {
  const { site, screen, project, deployer } = demo;
  screen.title("It comes back with the role");
  screen.edit(project.edit("grant({ ", "grant({ roles: [demo], "));
  screen.quote(deedsOf(await deployer.deploy()));
  const before = await site.as(guideUser, site.root, (root) => root.remoteClusters.list(demo.signal));
  screen.claim(`not before ${guideUser} signs in again: roles stand in the certificate`, before.length === 0, before);
  await site.login(guideUser);
  const seen = await showClusters(demo, guideUser);
  screen.claim("signed in again: the leaf is back", isOnline(seen, site.leaf), seen);
  const back = await showSsh(demo, "pwd");
  screen.claim("and so is the way to its servers", back.code === 0 && back.lines.join() === "/home/visitor", back);
}
