import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import type { AuditEvent, LabOptions, RoleSeed } from "../../lab";
import { Lab, type LabCluster } from "../../lab";
import type { UserCredentials } from "../../lab/ca";
import { botOf, joinLab, labClients, trustedCluster } from "./lab-clients";
import { OpenSsh, straightTo } from "./open-ssh";

/** Labels, or lists of any other kind, as messages of the cluster API hold them. */
export const lists = (values: Readonly<Record<string, readonly string[]>>) => ({
  values: Object.fromEntries(Object.entries(values).map(([name, list]) => [name, { values: [...list] }])),
});

const role = (name: string, allow: NonNullable<NonNullable<RoleSeed["spec"]>["allow"]>): RoleSeed => ({
  version: "v7",
  metadata: { name },
  spec: { allow },
});

/** The leaf's node, as people write it. */
export const sshHost = "node-1.leaf.lab";

/** The guide's role on the leaf, and one by traits. */
const leafRoles = [
  role("visitor", { logins: ["visitor"], nodeLabels: lists({ "*": ["*"] }) }),
  role("by-traits", { logins: ["{{internal.logins}}"], nodeLabels: lists({ env: ["{{external.env}}"] }) }),
];

/** Roles and users of the root. */
export const sshRoot = {
  seedRoles: [
    role("contractor", { logins: ["visitor"] }),
    role("shared", { logins: ["{{internal.logins}}"] }),
    role("cluster-access", { clusterLabels: lists({ env: ["prod"] }) }),
  ],
  seedUsers: [
    { name: "myuser", roles: ["access"], traits: { logins: ["visitor", "ubuntu", "root"] } },
    { name: "eve", roles: ["contractor"] },
    { name: "dora", roles: ["shared"], traits: { logins: ["visitor"], env: ["demo", "stage"] } },
    { name: "petra", roles: ["shared"], traits: { logins: ["visitor"], env: ["prod"] } },
  ],
};

type RoleMap = readonly { readonly remote: string; readonly local: string[] }[];

const roleMap: RoleMap = [
  { remote: "access", local: ["visitor"] },
  { remote: "shared", local: ["by-traits"] },
];

/** A joined leaf with a node, users of its root, and the real `ssh` that comes as `myuser`, whom the leaf maps to `visitor`. */
export class SshLab implements AsyncDisposable {
  private constructor(
    readonly lab: Lab,
    readonly ssh: OpenSsh,
    private readonly token: string,
  ) {}

  static async start(options: LabOptions = {}): Promise<SshLab> {
    const clusters = { root: sshRoot, leaves: [{ seedRoles: leafRoles }] };
    const lab = await new Lab({ statusRefreshMs: 50, withoutAuthorities: ["db"], ...clusters, ...options }).ready;
    const token = randomUUID();
    await joinLab(lab.root, lab.leaf(), token);
    const started = new SshLab(lab, await OpenSsh.of(lab), token);
    await started.setTrust({});
    await started.ssh.login("myuser");
    return started;
  }

  get root(): LabCluster {
    return this.lab.root;
  }

  get leaf(): LabCluster {
    return this.lab.leaf();
  }

  /** Changes the trust as the leaf's owner does; what is left out is as at the start. */
  async setTrust(change: { readonly roleMap?: RoleMap; readonly enabled?: boolean }): Promise<void> {
    const clients = labClients(this.leaf, { tls: botOf(this.leaf) });
    const wish = trustedCluster(this.root, this.token);
    try {
      const spec = { ...wish.spec, roleMap: [...(change.roleMap ?? roleMap)], enabled: change.enabled ?? true };
      await clients.trust.upsertTrustedCluster({ trustedCluster: { ...wish, spec } });
    } finally {
      clients.close();
    }
  }

  /** Resolves when the leaf has its tunnel, and the root sees it. */
  async online(): Promise<void> {
    await this.leaf.connected("root.lab");
    await this.root.online("leaf.lab", soon());
  }

  get nodePort(): number {
    return Number(this.leaf.nodes[0]?.address.split(":")[1]);
  }

  /** The node itself, past both proxies, so that it alone decides. */
  get straight() {
    return { options: straightTo(this.leaf.nodes[0]?.address ?? "", sshHost) };
  }

  /** Runs a login that the node itself has to refuse; answers the leaf's audit event. */
  async refusedByNode(credentials: UserCredentials, login = "visitor"): Promise<AuditEvent> {
    const refused = this.leaf.events.next("auth", soon());
    const config = this.ssh.configFor(credentials);
    const run = await this.ssh.run(`${login}@${sshHost}`, "whoami", this.straight, config);
    assert.equal(run.code, 255, run.stderr);
    assert.equal(run.stdout, "");
    assert.match(run.stderr, /Permission denied \(publickey\)/);
    const event = await refused;
    assert.equal(event.success, false);
    return event;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ssh[Symbol.asyncDispose]();
    await this.lab.dispose();
  }
}

/** Ends a wait that has become hopeless. */
export const soon = () => AbortSignal.timeout(20_000);
