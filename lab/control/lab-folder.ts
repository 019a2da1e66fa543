import { createPrivateKey } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { goDuration } from "../auth/go-duration";
import type { UserCredentials } from "../ca";
import type { Lab } from "../lab";
import { encodeOpensshPrivateKey } from "../ssh";
import { isLabRunning } from "./client";
import { describeLab, labFiles } from "./lab-json";
import { socketName } from "./socket-path";
import { knownHosts, sshConfig } from "./ssh-config";

/** A folder that cannot be a lab's. */
export class LabFolderError extends Error {
  override readonly name = "LabFolderError";
}

/** What a lab that was killed has left behind: others would take its identities for this one's. */
function removeLeftOvers(path: string): void {
  const folders = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    if (existsSync(join(path, labFiles.proxyCa(name)))) rmSync(join(path, name), { recursive: true });
  }
  const { labJson, clockOffset, proxyCas, sshConfig: config, knownHosts: hosts, sshKey, homes } = labFiles;
  for (const name of [labJson, clockOffset, proxyCas, config, hosts, socketName]) {
    rmSync(join(path, name), { force: true });
  }
  for (const folder of [dirname(sshKey), homes]) rmSync(join(path, folder), { recursive: true, force: true });
}

/** The folder by which others find a running lab: identities, certificates, clock, and `lab.json` when all is ready. */
export class LabFolder {
  /** What was written, newest last, relative to the folder. */
  readonly #written: string[] = [];

  private constructor(
    /** Absolute. */
    readonly path: string,
    private readonly wasMade: boolean,
  ) {}

  /**
   * Takes a folder for a lab: made (mode 0700) when it is missing; an empty one, or what a lab left there that was killed,
   * is taken over.
   *
   * @throws LabFolderError when another lab runs there, or the folder holds something else
   */
  static async take(folder: string): Promise<LabFolder> {
    const path = resolve(folder);
    const wasMade = mkdirSync(path, { recursive: true, mode: 0o700 }) !== undefined;
    const present = readdirSync(path);
    if (present.includes(socketName) && (await isLabRunning(folder))) {
      throw new LabFolderError(`a lab runs in ${folder} already. End that one, or use another folder.`);
    }
    const isOurs = present.some((name) => name === labFiles.labJson || name === socketName);
    if (present.length > 0 && !isOurs) {
      throw new LabFolderError(
        `${folder} is not empty, and not a lab's. Use a folder that is empty or does not exist.`,
      );
    }
    removeLeftOvers(path);
    chmodSync(path, 0o700);
    return new LabFolder(path, wasMade);
  }

  /** Writes everything about a lab that is ready; `lab.json` last. */
  write(lab: Lab): void {
    for (const { name, proxyCa, identities } of lab.clusters) {
      this.#put(labFiles.proxyCa(name), proxyCa);
      for (const credentials of Object.values(identities)) this.writeIdentity(name, credentials);
    }
    this.#put(labFiles.proxyCas, lab.clusters.map(({ proxyCa }) => proxyCa).join(""));
    this.#put(labFiles.knownHosts, knownHosts(lab.clusters));
    this.#put(labFiles.sshConfig, sshConfig(this.path, lab.root, lab.clusters));
    const { alice } = lab.root.identities;
    if (alice !== undefined) this.writeSshIdentity(alice);
    this.writeClockOffset(lab.clock.offsetMs);
    this.#put(labFiles.labJson, `${JSON.stringify(describeLab(lab), undefined, 2)}\n`);
  }

  /** Writes a user's identity file; answers its path within the folder. */
  writeIdentity(cluster: string, { identity, identityFile }: UserCredentials): string {
    // A user's name is any text; a file's is not.
    const file = labFiles.identity(cluster, encodeURIComponent(identity.user));
    this.#put(file, identityFile);
    return file;
  }

  /** Writes key and certificate of the user whom `ssh_config` logs in: one of the root. */
  writeSshIdentity({ tls, sshCertificate }: UserCredentials): void {
    // One key for TLS and SSH; not every ssh reads the form in which TLS has it.
    this.#put(labFiles.sshKey, encodeOpensshPrivateKey(createPrivateKey(tls.privateKey)));
    this.#put(labFiles.sshCertificate, `${sshCertificate}\n`);
  }

  /** Writes how far the lab's clock is ahead, as the provider reads it (`TELEPORT_TRUST_CLOCK_OFFSET_FILE`). */
  writeClockOffset(offsetMs: number): void {
    this.#put(labFiles.clockOffset, `${goDuration(BigInt(Math.round(offsetMs)) * 1_000_000n)}\n`);
  }

  /** Removes what was written; the folder too, if it was made for the lab and holds nothing else. Idempotent. */
  remove(): void {
    // `lab.json` was written last and goes first.
    const written = this.#written.splice(0).reverse();
    for (const file of written) rmSync(join(this.path, file), { force: true });
    for (const folder of new Set(written.map(dirname))) this.#removeIfEmpty(join(this.path, folder), folder !== ".");
    this.#removeIfEmpty(this.path, this.wasMade);
  }

  /** A reader sees the old content or the new one, never half of it. */
  #put(file: string, content: string): void {
    const path = join(this.path, file);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, content, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    if (!this.#written.includes(file)) this.#written.push(file);
  }

  #removeIfEmpty(path: string, isOurs: boolean): void {
    if (!isOurs) return;
    try {
      rmdirSync(path);
    } catch (error) {
      const { code } = error as { code?: string };
      // Somebody else keeps something there, or has removed it.
      if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOENT") throw error;
    }
  }
}
