import { type Demo, isListed, isOnline, showClusters } from "../demo";
import { guideUser } from "../lab-site";
import { clustersTable, seeClusters } from "../sights";
import { deedsOf } from "../terraform-text";

/** The guide's steps 1 to 5 in one deploy. */
export async function join(demo: Demo): Promise<void> {
  const { site, screen, deployer, signal } = demo;
  screen.title(`Deploy, by ${deployer.title}`);
  screen.quote(deedsOf(await deployer.deploy()));
  const seen = await showClusters(demo, "bot");
  screen.claim("the leaf has joined, and its reverse tunnel is up", isOnline(seen, site.leaf), seen);
  const { length: made } = site.lab.issuedTokens;
  const { length: left } = site.root.dump().tokens;
  screen.claim(`it joined with a token that is gone again: ${left} tokens on the root`, made === 1 && left === 0, {
    made,
    left,
  });

  const fromLeaf = await site.as("admin", site.leaf, (cluster) => seeClusters(cluster, signal));
  screen.say("`tsh clusters`, as the leaf's administrator sees the leaf:");
  screen.quote(clustersTable(fromLeaf));
  screen.claim("trust goes one way: the leaf sees nothing of the root", !isListed(fromLeaf, site.root), fromLeaf);

  const byOld = await showClusters(demo, guideUser);
  const hidden = !isListed(byOld, site.leaf);
  screen.claim(`the label hides the leaf from ${guideUser}, who signed in before the grant`, hidden, byOld);
}
