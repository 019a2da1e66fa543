import { type Api, caPins } from "../cluster";
import { type DataSource, types } from "../framework";
import { clusterAttribute, clusterOf } from "./cluster-attribute";

const computed = (description: string) => ({ type: types.string, mode: "computed", description }) as const;

/** `teleport_cluster`: who a cluster is and where it can be reached. */
export const clusterDataSource: DataSource<Api> = {
  typeName: "teleport_cluster",
  schema: {
    description: "Name, version, addresses and authority pins of a cluster.",
    attributes: {
      cluster: clusterAttribute,
      id: computed("The same as `name`."),
      name: computed("Real name of the cluster, whatever its key in `clusters` is."),
      version: computed("Version of Teleport that it runs, such as `17.7.0`."),
      edition: computed("Edition as its proxy tells it, such as `oss` or `ent`; empty where it does not."),
      web_proxy_addr: computed("Public address of the web proxy (`host:port`), as a leaf's `web_proxy_addr` needs it."),
      tunnel_addr: computed(
        "Public address of the reverse tunnel service (`host:port`), as a leaf's `tunnel_addr` needs it.",
      ),
      ssh_proxy_addr: computed("Public address of the SSH proxy (`host:port`)."),
      tls_routing: {
        type: types.bool,
        mode: "computed",
        description: "Whether everything goes through one port of the proxy, told apart by TLS.",
      },
      ca_pins: {
        type: types.list(types.string),
        mode: "computed",
        description: "Pins of the host authority (`sha256:` and hexadecimal digits); several while it is rotated.",
      },
    },
  },
  async read(config, { api, signal }) {
    const cluster = clusterOf(api, config);
    const [{ clusterName, serverVersion }, web] = await Promise.all([cluster.ping(signal), cluster.webPing(signal)]);
    const authority = await cluster.certAuthorities.get({ type: "host", domain: clusterName }, signal);
    const state = {
      ...config,
      id: clusterName,
      name: clusterName,
      version: serverVersion,
      edition: web.edition,
      web_proxy_addr: web.webProxyAddr,
      tunnel_addr: web.tunnelAddr,
      ssh_proxy_addr: web.sshProxyAddr,
      tls_routing: web.tlsRouting,
      ca_pins: authority === undefined ? [] : caPins(authority),
    };
    return { state };
  },
};
