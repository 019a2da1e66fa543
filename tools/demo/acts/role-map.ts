import type { AuditEvent } from "../../../lab";
import { type Demo, showSsh } from "../demo";
import { guideUser } from "../lab-site";
import { deedsOf, planOf } from "../terraform-text";

/** "Update role mappings", with another role and with a wildcard. */
export async function roleMap(demo: Demo): Promise<void> {
  const { screen, project } = demo;
  screen.title("Another role map");
  await map(demo, 'RoleMap.from("access")', 'RoleMap.from("auditor")');
  await beRefused(demo);
  screen.title("A role map with a wildcard");
  // A pattern does not say who holds a role that it fits, so the check has to be told.
  screen.edit(project.edit('login: "visitor" }', 'login: "visitor", roles: ["access"] }'));
  await map(demo, 'RoleMap.from("auditor")', 'RoleMap.from("acc*")');
  const { code, lines } = await showSsh(demo, "pwd");
  screen.claim("`acc*` fits the role access: its users are back", code === 0, lines);
}

async function map({ site, screen, project, deployer }: Demo, from: string, to: string): Promise<void> {
  screen.edit(project.edit(from, to));
  const { value: lines, events } = await site.watch(() => deployer.deploy());
  screen.quote(planOf(lines));
  screen.quote(deedsOf(lines));
  const tunnels = events.filter(({ event }) => event.startsWith("tunnel."));
  const inPlace = lines.some((line) => line.includes("0 added, 1 changed, 0 destroyed"));
  screen.claim("changed in place: the tunnel stayed up", inPlace && tunnels.length === 0, tunnels);
}

/** The role map gives nothing to `access`, which is what the user has. */
async function beRefused(demo: Demo): Promise<void> {
  const { site, screen } = demo;
  const { value: outcome, events } = await site.watch(() => showSsh(demo, "pwd"));
  const refusals = events.filter((event) => isRefusal(event, demo));
  screen.say("The leaf's audit log:");
  screen.quote(refusals.map((event) => JSON.stringify(event)));
  screen.claim(
    "a user whose roles are not mapped is refused, and the leaf's audit log names root, user and roles",
    outcome.code !== 0 && refusals.length === 1,
    { ...outcome, events },
  );
}

function isRefusal({ event, cluster, success, login }: AuditEvent, { site }: Demo): boolean {
  if (event !== "auth" || cluster !== site.leaf.name || success) return false;
  return (
    login?.certificateUser === guideUser &&
    login.userCluster === site.root.name &&
    login.certificateRoles?.includes("access") === true
  );
}
