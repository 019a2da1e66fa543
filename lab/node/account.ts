/** An account on a node, for as long as somebody is logged in. */
export interface Account {
  readonly login: string;
  /** Host name of the node, as the commands say it. */
  readonly hostname: string;
  /** Where the commands really run. */
  readonly folder: string;
}

/** The home of an account as the node calls it, such as `/home/visitor`; the folder on this machine is another one. */
export function homeOf({ login }: Pick<Account, "login">): string {
  return login === "root" ? "/root" : `/home/${login}`;
}
