import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folders in which the commands of a lab's nodes run: one a node and login, made when somebody comes. */
export class Homes {
  #root: string | undefined;

  /** @param parent folder to make for them; one of its own in the system's temporary folder when left out */
  constructor(private readonly parent?: string) {}

  /**
   * The folder of a login on a node; only its owner may look in.
   *
   * All three names have to be plain ones (`isLoginName`, host and cluster names): they become parts of a path.
   */
  folderOf(cluster: string, hostname: string, login: string): string {
    this.#root ??= this.#makeRoot();
    const folder = join(this.#root, cluster, hostname, "home", login);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  #makeRoot(): string {
    if (this.parent === undefined) return mkdtempSync(join(tmpdir(), "teleport-trust-nodes-"));
    mkdirSync(this.parent, { recursive: true, mode: 0o700 });
    return this.parent;
  }

  /** Removes everything. Nobody may run there any more. */
  dispose(): void {
    if (this.#root !== undefined) rmSync(this.#root, { recursive: true, force: true });
    this.#root = undefined;
  }
}

const loginName = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;

/** Whether a text can be an account on a node of the lab, where every account exists that one could have. */
export function isLoginName(login: string): boolean {
  return loginName.test(login);
}
