import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { installProvider } from "../../cli/provider-install";
import {
  type AuditEvent,
  callLab,
  guideClusters,
  guideLeaf,
  guideNode,
  guideUser,
  Lab,
  type LabCluster,
  LabFolder,
  type LoginResult,
  labFiles,
  type PublishedLab,
  publishLab,
} from "../../lab";
import { type CertificateIdentity, type Cluster, certificateIdentity } from "../../provider/cluster";
import { callAs } from "./calls";
import type { Outcome } from "./run";
import { ssh } from "./ssh";

export { guideNode, guideUser };

const partnerLeaf = "partner.example.com";

/** What happened in all clusters while something was done. */
export interface Watched<T> {
  readonly value: T;
  readonly events: readonly AuditEvent[];
}

/** A root, a leaf of our own, a leaf that somebody else runs, and the files by which programs reach them. */
export class LabSite {
  private constructor(
    /** Everything that is written lies in here. */
    private readonly folder: string,
    readonly lab: Lab,
    private readonly files: LabFolder,
    private readonly published: PublishedLab,
    /** Terraform's CLI configuration. */
    private readonly configuration: string,
  ) {}

  /** Starts the lab, as `teleport-trust lab up`, and installs the provider, as `teleport-trust provider install`. */
  static async start(): Promise<LabSite> {
    const folder = mkdtempSync(join(tmpdir(), "teleport-trust-demo-"));
    const lab = new Lab({
      root: guideClusters.root,
      leaves: [...guideClusters.leaves, { name: partnerLeaf }],
      homesFolder: join(folder, "homes"),
    });
    try {
      await lab.ready;
      const files = await LabFolder.take(join(folder, "lab"));
      const { configuration } = installProvider(join(folder, "provider"));
      return new LabSite(folder, lab, files, await publishLab(lab, files), configuration);
    } catch (error) {
      await lab.dispose();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get root(): LabCluster {
    return this.lab.root;
  }

  get leaf(): LabCluster {
    return this.lab.leaf(guideLeaf);
  }

  /** The leaf that somebody else runs. */
  get partner(): LabCluster {
    return this.lab.leaf(partnerLeaf);
  }

  /** The environment of a person who works with both clusters as the bot. */
  environment(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(TF_|CDKTF_|NODE_EXTRA_CA_CERTS$)/.test(name));
    return {
      ...Object.fromEntries(inherited),
      TF_CLI_CONFIG_FILE: this.configuration,
      SSL_CERT_FILE: this.file(labFiles.proxyCas),
      ROOT_ADDR: this.root.addresses.proxy,
      ROOT_IDENTITY: this.identityFile(this.root, "bot"),
      LEAF_ADDR: this.leaf.addresses.proxy,
      LEAF_IDENTITY: this.identityFile(this.leaf, "bot"),
      CHECKPOINT_DISABLE: "1",
      DISABLE_VERSION_CHECK: "1",
      CDKTF_SKIP_PROVIDER_LOCK: "true",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      CI: "1",
      FORCE_COLOR: "0",
    };
  }

  /** The same, with the provider's clock at the lab's. */
  environmentOfMovedClock(): NodeJS.ProcessEnv {
    return { ...this.environment(), TELEPORT_TRUST_CLOCK_OFFSET_FILE: this.file(labFiles.clockOffset) };
  }

  /** As `teleport-trust lab clock --advance`. */
  async advanceClock(advanceMs: number): Promise<void> {
    await callLab(this.files.path, { command: "clock", advanceMs });
  }

  /** As `tsh login` at the root: a fresh certificate, with the roles and logins that the user has now. Answers what it says. */
  async login(user: string): Promise<CertificateIdentity> {
    const { file } = (await callLab(this.files.path, { command: "login", user })) as LoginResult;
    return certificateIdentity(readFileSync(this.file(file), "utf8"));
  }

  /** Calls a cluster's API as the bot, the admin, or a user of the root who has logged in, with the certificate of that login. */
  as<T>(user: string, at: LabCluster, work: (cluster: Cluster) => Promise<T>): Promise<T> {
    const { proxy } = at.addresses;
    const environment = { SSL_CERT_FILE: this.file(labFiles.proxyCas) };
    return callAs({ addr: proxy, name: at.name, identityFile: this.identityFile(at, user), environment }, work);
  }

  /**
   * Runs a command on the guide's node by the real OpenSSH client, as the user of the last login.
   *
   * @param by the cluster whose proxy leads there; the root's when left out
   */
  ssh(login: string, command: string, signal: AbortSignal, by?: LabCluster): Promise<Outcome> {
    const config = this.file(labFiles.sshConfig);
    const target = { config, login, node: guideNode, cluster: this.leaf.name };
    return ssh(by === undefined ? target : { ...target, by: by.name }, command, signal);
  }

  /** Does something, and answers what all clusters tell of meanwhile. */
  async watch<T>(work: () => Promise<T>): Promise<Watched<T>> {
    const events: AuditEvent[] = [];
    const stops = this.lab.clusters.map((cluster) => cluster.events.onEvent((event) => events.push(event)));
    try {
      return { value: await work(), events };
    } finally {
      for (const stop of stops) stop();
    }
  }

  async dispose(): Promise<void> {
    await this.published.close();
    await this.lab.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private identityFile(cluster: LabCluster, user: string): string {
    return this.file(labFiles.identity(cluster.name, user));
  }

  private file(name: string): string {
    return join(this.files.path, name);
  }
}
