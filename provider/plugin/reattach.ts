import type { Address } from "./handshake";

export interface Reattach {
  /** Source address with its host, such as `registry.terraform.io/hashicorp/aws`. */
  readonly providerAddress: string;
  readonly protocolVersion: number;
  readonly pid: number;
  readonly address: Address;
}

/** What a person sets so that the host uses a provider that runs already, such as one under a debugger. */
export function reattachText(reattach: Reattach, platform: NodeJS.Platform): string {
  const { providerAddress, protocolVersion, pid, address } = reattach;
  const value = JSON.stringify({
    [providerAddress]: {
      Protocol: "grpc",
      ProtocolVersion: protocolVersion,
      Pid: pid,
      Test: true, // The host neither kills this process nor tells it to shut down.
      Addr: { Network: address.network, String: address.text },
    },
  });
  const set = platform === "win32" ? `set "TF_REATTACH_PROVIDERS=${value}"` : `export TF_REATTACH_PROVIDERS='${value}'`;
  return `The provider runs. To use it, set in another terminal:\n\n\t${set}\n\nEnd it with Ctrl-C.\n`;
}
