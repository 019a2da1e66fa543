import { type Outcome, run } from "./run";

/** Who logs in to what. */
export interface SshTarget {
  /** Path of the `ssh_config` that `teleport-trust lab` wrote. */
  readonly config: string;
  readonly login: string;
  readonly node: string;
  readonly cluster: string;
  /** The cluster whose proxy leads there; the root's when left out. */
  readonly by?: string;
}

/** Runs a command on a node by the real OpenSSH client, as the user of the last login. */
export function ssh(target: SshTarget, command: string, signal: AbortSignal): Promise<Outcome> {
  const { config, login, node, cluster } = target;
  const options = ["BatchMode=yes", "ConnectTimeout=10", ...proxyOption(target)].flatMap((option) => ["-o", option]);
  return run("ssh", ["-F", config, ...options, `${login}@${node}.${cluster}`, command], { signal });
}

/** ssh expands `%` in a ProxyCommand, then the user's shell runs it. */
function proxyOption({ config, cluster, by }: SshTarget): string[] {
  if (by === undefined) return [];
  const path = config.replaceAll("%", "%%").replaceAll("'", "'\\''");
  return [`ProxyCommand=ssh -F '${path}' -l %r -s ${by} proxy:%h:%p@${cluster}`];
}
