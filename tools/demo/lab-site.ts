import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { installProvider } from "../../cli/provider-install";
import { callLab, Lab, type LabCluster, LabFolder, type PublishedLab, publishLab } from "../../lab";
import { table } from "./screen";
import { type Output, sshOutput } from "./ssh";

/** The guide's user of the root, and the node of the leaf that the guide logs in to. */
export const guideUser = "myuser";
export const guideNode = "ip-172-3-2-205";

/** A root, a leaf, and the files by which programs reach them. */
export class LabSite {
  private readonly folder = mkdtempSync(join(tmpdir(), "teleport-trust-demo-"));

  private constructor(
    readonly lab: Lab,
    private readonly site: LabFolder,
    private readonly published: PublishedLab,
  ) {}

  static async start(): Promise<LabSite> {
    const lab = new Lab({
      root: {
        name: "rootcluster.example.com",
        seedUsers: [{ name: guideUser, roles: ["access"], traits: { logins: ["ubuntu", "root"] } }],
      },
      leaves: [
        {
          name: "leafcluster.example.com",
          nodes: [{ hostname: "ip-172-3-1-242" }, { hostname: guideNode, labels: { env: "demo" } }],
        },
      ],
    });
    await lab.ready;
    const site = await LabFolder.take(mkdtempSync(join(tmpdir(), "teleport-trust-site-")));
    return new LabSite(lab, site, await publishLab(lab, site));
  }

  get root(): LabCluster {
    return this.lab.root;
  }

  get leaf(): LabCluster {
    return this.lab.leaf();
  }

  /** The environment of a person who works with both clusters as the bot. */
  environment(): NodeJS.ProcessEnv {
    const { configuration } = installProvider(join(this.folder, "provider"));
    const inherited = Object.entries(process.env).filter(([name]) => !/^(TF_|CDKTF_|NODE_EXTRA_CA_CERTS$)/.test(name));
    return {
      ...Object.fromEntries(inherited),
      TF_CLI_CONFIG_FILE: configuration,
      SSL_CERT_FILE: this.write("web-ca.pem", this.root.proxyCa + this.leaf.proxyCa),
      ROOT_ADDR: this.root.addresses.proxy,
      ROOT_IDENTITY: this.write("root.pem", this.root.identities.bot?.identityFile ?? ""),
      LEAF_ADDR: this.leaf.addresses.proxy,
      LEAF_IDENTITY: this.write("leaf.pem", this.leaf.identities.bot?.identityFile ?? ""),
      CHECKPOINT_DISABLE: "1",
      DISABLE_VERSION_CHECK: "1",
      CDKTF_SKIP_PROVIDER_LOCK: "true",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      CI: "1",
      FORCE_COLOR: "0",
    };
  }

  /** What `tsh clusters` shows on the root. */
  clusters(): string[] {
    const leaves = this.root.dump().remote_clusters as readonly {
      readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
      readonly status: { readonly connection: string };
    }[];
    const labels = (map: Readonly<Record<string, string>> = {}) => Object.entries(map).map((pair) => pair.join("="));
    return table([
      ["Cluster Name", "Status", "Cluster Type", "Labels"],
      [this.root.name, "online", "root", ""],
      ...leaves.map(({ metadata, status }) => [
        metadata.name,
        status.connection,
        "leaf",
        labels(metadata.labels).join(","),
      ]),
    ]);
  }

  /** Objects of both clusters that the demo made, by cluster; the presets of a new cluster are not among them. */
  leftovers(): string[] {
    return this.lab.clusters.flatMap((cluster) => {
      const { trusted_clusters, remote_clusters, tokens } = cluster.dump();
      const roles = cluster.dump().roles.filter((role) => ["visitor", "demo-cluster-access"].includes(nameOf(role)));
      return [...trusted_clusters, ...remote_clusters, ...tokens, ...roles].map((o) => `${cluster.name}: ${nameOf(o)}`);
    });
  }

  /** What `tsh ls --cluster` shows: the nodes of the leaf. */
  nodes(): string[] {
    const shown = this.leaf.nodes.map(({ hostname, address, labels }) => [
      hostname,
      address,
      Object.entries(labels)
        .map((pair) => pair.join("="))
        .join(","),
    ]);
    return table([["Node Name", "Address", "Labels"], ...shown]);
  }

  /** As `tsh login`: fresh certificates, with the roles and logins that the user has now. */
  async login(user: string): Promise<void> {
    await callLab(this.site.path, { command: "login", user });
  }

  /** Runs a command on a node of the leaf by the real OpenSSH client, through the root's proxy, as the user of the last login. */
  ssh(login: string, command: string): Promise<Output> {
    return sshOutput(join(this.site.path, "ssh_config"), `${login}@${guideNode}.${this.leaf.name}`, command);
  }

  async dispose(): Promise<void> {
    await this.published.close();
    await this.lab.dispose();
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.site.path, { recursive: true, force: true });
  }

  private write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}

function nameOf(object: unknown): string {
  return (object as { readonly metadata: { readonly name: string } }).metadata.name;
}
