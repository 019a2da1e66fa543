import type { AuditEvent } from "../../../lab";
import { type Demo, isOnline, showClusters, showSsh } from "../demo";
import { guideNode, guideUser } from "../lab-site";
import { nodesTable } from "../sights";

/** The guide's step 6: a user of the root on a server of the leaf. */
export async function logIn(demo: Demo): Promise<void> {
  const { site, screen, signal } = demo;
  screen.title("A user of the root logs in to a server of the leaf, by the real ssh");
  const { userName, clusterName, roles } = await site.login(guideUser);
  screen.say(`\`tsh login\`, then \`tsh status\`: ${userName} of ${clusterName}, with the roles ${roles.join(", ")}`);
  const clusters = await showClusters(demo, guideUser);
  screen.claim("signed in again, with the new role: the leaf is in the list", isOnline(clusters, site.leaf), clusters);

  screen.say(`\`tsh ls --cluster=${site.leaf.name}\`, as ${guideUser} sees the leaf through the tunnel:`);
  const nodes = await site.as(guideUser, site.root, (root) => root.throughTrust(site.leaf.name).nodes.list({}, signal));
  screen.quote(nodesTable(nodes));

  const { value: outcomes, events } = await site.watch(async () => [
    await showSsh(demo, "pwd"),
    await showSsh(demo, "uname -a"),
  ]);
  const [pwd, uname] = outcomes;
  const text = outcomes.flatMap(({ lines }) => lines);
  screen.claim(
    "the session is the visitor's, on that server",
    pwd?.code === 0 &&
      uname?.code === 0 &&
      pwd.lines.join() === "/home/visitor" &&
      uname.lines.join().includes(` ${guideNode} `),
    text,
  );
  screen.claim(
    "it went through the root's proxy, with a certificate of the root",
    events.some((event) => isWay(event, site.root.name)) && events.some((event) => isSession(event, site.root.name)),
    events,
  );
}

function isWay({ cluster, event, success }: AuditEvent, root: string): boolean {
  return event === "subsystem" && cluster === root && success;
}

function isSession({ event, success, login }: AuditEvent, root: string): boolean {
  return event === "session.start" && success && login?.userCluster === root && login.roles?.join() === "visitor";
}
