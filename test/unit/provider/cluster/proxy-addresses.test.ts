import assert from "node:assert/strict";
import { test } from "node:test";

import {
  type ProxySettings,
  sshProxyAddr,
  tunnelAddr,
  webProxyAddr,
} from "../../../../provider/cluster/proxy-addresses";

const nothing = {
  listenAddr: "",
  tunnelListenAddr: "",
  webListenAddr: "",
  publicAddr: "",
  sshPublicAddr: "",
  sshTunnelPublicAddr: "",
};

const asked = "asked.example.com:8443";

interface Row {
  readonly name: string;
  readonly ssh?: Partial<ProxySettings["ssh"]>;
  readonly tlsRouting?: boolean;
  readonly override?: string;
  readonly tunnel: string;
  readonly web: string;
  readonly sshProxy?: string;
}

// The rules of Teleport's own client: teleport-api §7.
const rows: readonly Row[] = [
  { name: "nothing published", tunnel: "asked.example.com:3024", web: asked, sshProxy: "asked.example.com:3023" },
  {
    name: "the environment's word",
    override: "elsewhere:1",
    ssh: { publicAddr: "p:443" },
    tunnel: "elsewhere:1",
    web: "p:443",
  },
  {
    name: "TLS routing, public address",
    tlsRouting: true,
    ssh: { publicAddr: "p.example.com:443", webListenAddr: "0.0.0.0:3080", tunnelListenAddr: "0.0.0.0:3024" },
    tunnel: "p.example.com:443",
    web: "p.example.com:443",
    sshProxy: "p.example.com:443",
  },
  {
    name: "TLS routing, public address without a port",
    tlsRouting: true,
    ssh: { publicAddr: "p.example.com", webListenAddr: "0.0.0.0:3080" },
    tunnel: "p.example.com:3080",
    web: "p.example.com:3080",
  },
  { name: "TLS routing, no port anywhere", tlsRouting: true, ssh: { publicAddr: "p" }, tunnel: "p:443", web: "p:443" },
  {
    name: "TLS routing, only listening on any address",
    tlsRouting: true,
    ssh: { webListenAddr: "0.0.0.0:3080" },
    tunnel: "asked.example.com:3080",
    web: asked,
  },
  {
    name: "separate ports, the tunnel's public address",
    ssh: { sshTunnelPublicAddr: "t.example.com", tunnelListenAddr: "0.0.0.0:4024", publicAddr: "p:443" },
    tunnel: "t.example.com:4024",
    web: "p:443",
  },
  {
    name: "separate ports, the SSH public address with the tunnel's port",
    ssh: { sshPublicAddr: "s.example.com:3023", tunnelListenAddr: "0.0.0.0:3024", publicAddr: "p:443" },
    tunnel: "s.example.com:3024",
    web: "p:443",
    sshProxy: "s.example.com:3023",
  },
  {
    name: "separate ports, the web's public address with the tunnel's port",
    ssh: { publicAddr: "p.example.com:443" },
    tunnel: "p.example.com:3024",
    web: "p.example.com:443",
    sshProxy: "p.example.com:3023",
  },
  {
    name: "separate ports, only listening",
    ssh: { tunnelListenAddr: "10.0.0.1:3024", webListenAddr: "10.0.0.1:3080" },
    tunnel: "10.0.0.1:3024",
    web: asked,
  },
  {
    name: "IPv6",
    tlsRouting: true,
    ssh: { publicAddr: "[2001:db8::1]:443", webListenAddr: "[::]:3080" },
    tunnel: "[2001:db8::1]:443",
    web: "[2001:db8::1]:443",
  },
];

for (const { name, ssh, tlsRouting = false, override, tunnel, web, sshProxy } of rows) {
  test(`derives the addresses of a proxy: ${name}`, () => {
    const settings: ProxySettings = { tlsRouting, ssh: { ...nothing, ...ssh } };
    assert.equal(tunnelAddr(settings, asked, override), tunnel);
    assert.equal(webProxyAddr(settings, asked), web);
    if (sshProxy !== undefined) assert.equal(sshProxyAddr(settings, asked), sshProxy);
  });
}
