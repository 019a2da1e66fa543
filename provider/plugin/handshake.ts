/** What a host must know to start this program on purpose. Not a secret: it keeps people from running a plugin by hand. */
export interface MagicCookie {
  readonly name: string;
  readonly value: string;
}

/** Where the server listens. */
export interface Address {
  readonly network: "unix" | "tcp";
  /** A path, or `127.0.0.1:port`. */
  readonly text: string;
}

export interface Handshake {
  /** Major version of the protocol that the plugin serves. */
  readonly protocolVersion: number;
  readonly address: Address;
  /** See {@link AutoMtls.certificateField}; empty when there is no TLS. */
  readonly certificateField: string;
  /** The host asked whether broker connections can share one socket; a host that did not ask may trip over the answer. */
  readonly multiplexAsked: boolean;
}

/** Of go-plugin itself; it has never changed. */
const coreProtocolVersion = 1;

/** The line that tells the host where and how to connect, with its end of line. Source: go-plugin, `server.go`. */
export function handshakeLine({ protocolVersion, address, certificateField, multiplexAsked }: Handshake): string {
  const fields = [coreProtocolVersion, protocolVersion, address.network, address.text, "grpc", certificateField];
  if (multiplexAsked) fields.push("false"); // No broker here, so nothing to multiplex.
  return `${fields.join("|")}\n`;
}

/** Whether a host started us. */
export function hasCookie(env: NodeJS.ProcessEnv, cookie: MagicCookie): boolean {
  return env[cookie.name] === cookie.value;
}

/** For a person who ran the program by hand. */
export function strayStartText(program: string): string {
  return (
    `${program} is a plugin. Terraform or OpenTofu starts it; it does nothing by itself.\n` +
    "To use it, declare the provider in a configuration and run `terraform init`.\n" +
    "To attach a debugger to it, start it with --debug.\n"
  );
}
