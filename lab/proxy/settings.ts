import type { Suite } from "../ca";

/** What a proxy tells everybody about itself and its cluster. */
export interface ProxySettings {
  readonly clusterName: string;
  /** Version text that the cluster announces. */
  readonly serverVersion: string;
  readonly minClientVersion: string;
  readonly suite: Suite;
  /** Whether clients reach everything by the web port, told apart by ALPN. */
  readonly tlsRouting: boolean;
  /** `host:port` of the web port, of the plain port for reverse tunnels, and of the SSH proxy where there is one. */
  readonly webAddr: string;
  readonly tunnelAddr: string;
  readonly sshAddr: string | undefined;
}

/** Numbers of the key suites, as Ping gives them too. */
const suiteNumbers: Readonly<Record<Suite, number>> = { legacy: 1, "balanced-v1": 2 };

/**
 * Answer of `GET /webapi/find`: how to reach the cluster, nothing about logging in
 * (api/client/webclient/webclient.go; empty texts are left out, as Go's `omitempty` does).
 */
export function findAnswer(settings: ProxySettings): object {
  return {
    auth: {},
    proxy: proxyPart(settings),
    server_version: settings.serverVersion,
    min_client_version: settings.minClientVersion,
    cluster_name: settings.clusterName,
    automatic_upgrades: false,
    edition: "oss",
  };
}

/** Answer of `GET /webapi/ping`: as {@link findAnswer}, and how people log in: with a password, which the lab never asks for. */
export function pingAnswer(settings: ProxySettings): object {
  return {
    ...findAnswer(settings),
    auth: {
      type: "local",
      second_factor: "off",
      preferred_local_mfa: "",
      allow_passwordless: false,
      allow_headless: false,
      local: { name: "" },
      private_key_policy: "none",
      device_trust: {},
      has_motd: false,
      load_all_cas: false,
      default_session_ttl: "12h0m0s",
      signature_algorithm_suite: suiteNumbers[settings.suite],
    },
  };
}

function proxyPart({ webAddr, tunnelAddr, sshAddr, tlsRouting }: ProxySettings): object {
  return {
    kube: { enabled: false },
    ssh: {
      ...(sshAddr === undefined ? {} : { listen_addr: sshAddr, ssh_public_addr: sshAddr }),
      tunnel_listen_addr: tunnelAddr,
      web_listen_addr: webAddr,
      public_addr: webAddr,
      ssh_tunnel_public_addr: tunnelAddr,
      dial_timeout: 30_000_000_000,
    },
    db: {},
    tls_routing_enabled: tlsRouting,
  };
}
