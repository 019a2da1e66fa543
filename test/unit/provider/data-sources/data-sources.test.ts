import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import {
  type Api,
  CertAuthorityV2,
  createBestEffort,
  createConnections,
  RemoteClusterV3,
} from "../../../../provider/cluster";
import { PingRequest, PingResponse } from "../../../../provider/cluster/gen/teleport/auth/auth_service";
import {
  ListRemoteClustersRequest,
  ListRemoteClustersResponse,
} from "../../../../provider/cluster/gen/teleport/presence/v1/presence_service";
import { GetCertAuthorityRequest } from "../../../../provider/cluster/gen/teleport/trust/v1/trust_service";
import { dataSources } from "../../../../provider/data-sources";
import type { CallContext, ObjectValue } from "../../../../provider/framework";
import { grpcMethod, unaryRoute } from "../../../../provider/grpc";
import { authPeer, identityOf, newAuthorities, routingProxy, tlsAuthority, webPeer } from "../../../support/auth-peer";
import { settingsOf, testSurroundings } from "../../../support/cluster-surroundings";
import { Cleanup } from "../../../support/grpc-peers";

const ping = grpcMethod("/proto.AuthService/Ping", PingRequest, PingResponse);
const authority = grpcMethod(
  "/teleport.trust.v1.TrustService/GetCertAuthority",
  GetCertAuthorityRequest,
  CertAuthorityV2,
);
const remotes = grpcMethod(
  "/teleport.presence.v1.PresenceService/ListRemoteClusters",
  ListRemoteClustersRequest,
  ListRemoteClustersResponse,
);

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** A root behind a proxy; what the data source of that name says of it. */
async function readFrom(typeName: string, remote_clusters: RemoteClusterV3[] = []) {
  const authorities = await newAuthorities("root.example.com");
  const host = CertAuthorityV2.fromPartial({
    spec: { active_keys: { tls: [{ cert: Buffer.from(tlsAuthority(authorities, "host")) }] } },
  });
  const auth = await authPeer({
    authorities,
    routes: [
      unaryRoute(ping, () => PingResponse.fromPartial({ cluster_name: "root.example.com", server_version: "17.7.0" })),
      unaryRoute(authority, ({ type, domain }) => {
        assert.deepEqual([type, domain], ["host", "root.example.com"]);
        return host;
      }),
      unaryRoute(remotes, () => ListRemoteClustersResponse.fromPartial({ remote_clusters })),
    ],
  });
  cleanup.add(() => auth.close());
  const pong = {
    cluster_name: "root.example.com",
    server_version: "17.7.0",
    edition: "oss",
    proxy: { ssh: { public_addr: "root.example.com:443" } },
  };
  const web = await webPeer(pong);
  cleanup.add(() => web.close());
  const proxy = await routingProxy({ "root.example.com": auth.addr }, web.addr);
  cleanup.add(() => proxy.close());
  const clusters = new Map([["root", settingsOf(proxy.addr, await identityOf(authorities), { insecure: true })]]);
  const connections = createConnections({ default: undefined, clusters, clustersUnknown: false }, testSurroundings());
  cleanup.add(() => connections.close());
  const api: Api = {
    connections,
    bestEffort: createBestEffort(),
    randomBytes: () => new Uint8Array(),
    wallClock: Date.now,
  };
  const source = dataSources.find((each) => each.typeName === typeName);
  assert.ok(source);
  const config: ObjectValue = Object.fromEntries(
    Object.keys(source.schema.attributes).map((name) => [name, name === "cluster" ? "root" : null]),
  );
  const context = { api, signal: new AbortController().signal } as unknown as CallContext<Api>;
  const { state } = await source.read(config, context);
  assert.deepEqual(Object.keys(state).sort(), Object.keys(source.schema.attributes).sort());
  return { state, authorities };
}

test("tells who a cluster is and where it is reached", async () => {
  const { state, authorities } = await readFrom("teleport_cluster");
  assert.deepEqual(state, {
    cluster: "root",
    id: "root.example.com",
    name: "root.example.com",
    version: "17.7.0",
    edition: "oss",
    web_proxy_addr: "root.example.com:443",
    tunnel_addr: "root.example.com:3024",
    ssh_proxy_addr: "root.example.com:3023",
    tls_routing: false,
    ca_pins: authorities.pins,
  });
});

test("lists the leaves of a root in the order of their names", async () => {
  const { state } = await readFrom("teleport_remote_clusters", [
    RemoteClusterV3.fromPartial({
      metadata: { name: "leaf-b", description: "second", labels: { env: "demo" } },
      status: { connection: "online", last_heartbeat: { seconds: 1_795_341_600n, nanos: 500_000_000 } },
    }),
    RemoteClusterV3.fromPartial({
      metadata: { name: "leaf-a" },
      status: { connection: "offline", last_heartbeat: { seconds: -62_135_596_800n, nanos: 0 } },
    }),
  ]);
  assert.equal(state.id, "root.example.com");
  assert.deepEqual(state.remote_clusters, [
    { name: "leaf-a", description: "", labels: new Map(), status: "offline", last_heartbeat: null },
    {
      name: "leaf-b",
      description: "second",
      labels: new Map([["env", "demo"]]),
      status: "online",
      last_heartbeat: "2026-11-22T10:00:00.5Z",
    },
  ]);
});
