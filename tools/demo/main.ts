// `npm run demo`: the guide from the first trust to its removal, on two lab clusters, by the tools that a person would use.
import { assertPrerequisites } from "../prerequisites";
import { createDeployer, type Deployer, deedsOf, planOf } from "./deployer";
import { GuideProject } from "./guide-project";
import { guideNode, guideUser, LabSite } from "./lab-site";
import { done, edit, quote, say, title } from "./screen";

interface Demo {
  readonly site: LabSite;
  readonly project: GuideProject;
  readonly deployer: Deployer;
  readonly signal: AbortSignal;
}

async function showProgram({ site, project, deployer }: Demo): Promise<void> {
  title("Two clusters, and a program that describes the trust between them (examples/guide)");
  say(`${site.root.name} at ${site.root.addresses.proxy}, ${site.leaf.name} at ${site.leaf.addresses.proxy}`);
  quote(project.program);
  title("The plan");
  quote(planOf(await deployer.diff()));
}

async function join({ site, deployer }: Demo): Promise<void> {
  title(`Deploy, by ${deployer.title}`);
  quote(deedsOf(await deployer.deploy()));
  say("What `tsh clusters` shows on the root:");
  quote(site.clusters());
  const tokens = site.root.dump().tokens.length;
  done(`the leaf joined with a token that is gone again: ${tokens} tokens on the root`);
}

async function logIn({ site }: Demo): Promise<void> {
  title("A user of the root logs in to a server of the leaf, by the real ssh");
  say(`What \`tsh ls --cluster=${site.leaf.name}\` shows:`);
  quote(site.nodes());
  await site.login(guideUser);
  for (const command of ["pwd", "uname -a"]) {
    const { code, text } = await site.ssh("visitor", command);
    quote([`$ ssh visitor@${guideNode}.${site.leaf.name} ${command}`, ...text]);
    if (code !== 0) throw new Error(`ssh ended with code ${code}`);
  }
  done("through the root's proxy and the reverse tunnel, with a certificate of the root");
}

/** The role map no longer gives anything to `access`, which is what the user has. */
async function beRefused({ site }: Demo): Promise<void> {
  const denied = site.leaf.events.next("auth");
  const { code, text } = await site.ssh("visitor", "pwd");
  quote([`$ ssh visitor@${guideNode}.${site.leaf.name} pwd`, ...text]);
  if (code === 0) throw new Error("a user whose role is not mapped was let in");
  say("What the leaf's audit log says of it:");
  quote([JSON.stringify(await denied)]);
  done("a user whose role is not mapped is refused");
}

async function changeRoleMap({ site, project, deployer, signal }: Demo): Promise<void> {
  title("Another role map");
  const { before, after } = project.edit('RoleMap.from("access").to(visitor)', 'RoleMap.from("auditor").to(visitor)');
  edit(before, after);
  quote(planOf(await deployer.diff()));
  quote(deedsOf(await deployer.deploy()));
  done("changed in place: the tunnel stayed up");
  await beRefused({ site, project, deployer, signal });
}

async function disableAndEnable({ site, project, deployer, signal }: Demo): Promise<void> {
  title("Disable the trust, and enable it again");
  const { before, after } = project.edit("labels: { env:", "enabled: false, labels: { env:");
  edit(before, after);
  quote(deedsOf(await deployer.deploy()));
  await site.root.offline(site.leaf.name, signal);
  quote(site.clusters());
  done("the tunnel is gone");
  project.edit("enabled: false, ", "");
  quote(deedsOf(await deployer.deploy()));
  await site.root.online(site.leaf.name, signal);
  quote(site.clusters());
  done("the tunnel is back; no token was needed");
}

async function remove({ site, deployer }: Demo): Promise<void> {
  title("Destroy");
  quote(deedsOf(await deployer.destroy()));
  const leftovers = site.leftovers();
  if (leftovers.length > 0) throw new Error(`destroy left something behind: ${leftovers.join(", ")}`);
  done("nothing is left on either cluster");
}

async function play(signal: AbortSignal): Promise<void> {
  const started = Date.now();
  const site = await LabSite.start();
  const project = new GuideProject();
  try {
    const environment = site.environment();
    const deployer = createDeployer({ folder: project.folder, stack: "guide", environment, signal });
    const demo: Demo = { site, project, deployer, signal };
    say("(The lab's root looks at its leaves every second. A real root takes about 40 seconds.)");
    for (const act of [showProgram, join, logIn, changeRoleMap, disableAndEnable, remove]) await act(demo);
    title("What happened");
    say(
      `A leaf joined a root, a user of the root logged in to its server, its role map was changed, it was disabled and enabled, and it left: ${site.lab.issuedTokens.length} token was made, none is left.`,
    );
    say(
      `It took ${((Date.now() - started) / 1000).toFixed(0)} s. Next: the README shows the same against your own clusters.\n`,
    );
  } finally {
    project.dispose();
    await site.dispose();
  }
}

async function main(): Promise<void> {
  assertPrerequisites();
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());
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
