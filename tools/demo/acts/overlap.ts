import { TrustedClusterV2 } from "../../../provider/cluster";
import { Problem, type Secret } from "../../../trust";
import { type Demo, isOnline, showClusters, soon } from "../demo";
import { differences, takeInventory } from "../inventory";
import { deedsOf } from "../terraform-text";
import { type HandedOver, showGenerations } from "./rotate";

/** What an overlap is for: somebody else's leaf comes with the value before, in time and too late. */
export async function overlap(demo: Demo, values: HandedOver): Promise<void> {
  await inTime(demo, values);
  await tooLate(demo, values);
  await end(demo);
}

async function inTime(demo: Demo, { first }: HandedOver): Promise<void> {
  const { site, screen } = demo;
  screen.title("The partner's administrator joins with the value from before the rotation");
  await joinWith(demo, first);
  await partnerOnline(demo);
  const seen = await showClusters(demo, "bot");
  const isLabelled = seen.some(({ name, labels }) => name === site.partner.name && labels === "partner=acme");
  screen.claim("within the overlap it is accepted: the leaf is online, with the token's label", isLabelled, seen);
}

async function tooLate(demo: Demo, { first, second }: HandedOver): Promise<void> {
  const { site, screen } = demo;
  screen.title("13 hours later the overlap has ended");
  const { events } = await site.watch(() => site.advanceClock(13 * 3_600_000));
  await showGenerations(demo, "only the new value is left, and nobody had to run anything for that", [2]);
  const lost = events.filter(({ event }) => event === "tunnel.disconnected");
  const seen = await showClusters(demo, "bot");
  screen.claim(
    "the trust does not care: its tunnel stayed up",
    lost.length === 0 && isOnline(seen, site.partner),
    seen,
  );

  await leave(demo);
  screen.say("The partner left (both sides removed it), and comes again with the old value:");
  const refusal = await joinWith(demo, first).then(
    () => undefined,
    (error: unknown) => error,
  );
  const words = refusal instanceof Problem ? refusal.what : String(refusal);
  screen.quote([words]);
  const isRefused = refusal instanceof Problem && site.root.dump().remote_clusters.length === 0;
  screen.claim("the old value is refused", isRefused && words.includes("the cluster token has been rejected"), words);
  await joinWith(demo, second);
  await partnerOnline(demo);
  screen.claim(
    "the value that was handed over last is accepted",
    isOnline(await showClusters(demo, "bot"), site.partner),
  );
}

async function end(demo: Demo): Promise<void> {
  const { site, screen, pipeline, opening } = demo;
  screen.title("Destroy the invitation; the partner leaves");
  screen.quote(deedsOf(await pipeline.destroy()));
  const seen = await showClusters(demo, "bot");
  const tokens = site.root.dump().tokens.length;
  screen.claim(
    "no token is left; the partner's trust is as it was",
    tokens === 0 && isOnline(seen, site.partner),
    seen,
  );
  await leave(demo);
  const left = differences(opening, takeInventory(site.lab));
  screen.claim("all three clusters hold what they held at the start", left.length === 0, left);
}

/** As the partner's administrator runs `tctl create trusted_cluster.yaml`. */
async function joinWith({ site, signal }: Demo, token: Secret): Promise<void> {
  const { root, partner } = site;
  const wish = TrustedClusterV2.fromPartial({
    kind: "trusted_cluster",
    version: "v2",
    metadata: { name: root.name },
    spec: {
      enabled: true,
      token: token.reveal(),
      web_proxy_addr: root.addresses.proxy,
      tunnel_addr: root.addresses.proxy,
      role_map: [{ remote: "access", local: ["access"] }],
    },
  });
  await site.as("admin", partner, (cluster) => cluster.trustedClusters.create(wish, signal));
}

/** The guide's removal by hand: `tctl rm trusted_cluster/…` on the leaf, then `tctl rm rc/…` on the root. */
async function leave({ site, signal }: Demo): Promise<void> {
  const { root, partner } = site;
  await site.as("admin", partner, (cluster) => cluster.trustedClusters.delete(root.name, signal));
  await site.as("admin", root, (cluster) => cluster.remoteClusters.delete(partner.name, signal));
}

function partnerOnline(demo: Demo): Promise<void> {
  const { root, partner } = demo.site;
  return soon(demo, "the root sees the partner's leaf online", (signal) => root.online(partner.name, signal));
}
