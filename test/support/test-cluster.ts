import type { CertificateAuthorities } from "../../lab/ca";
import { type Cluster, createConnections, type Surroundings } from "../../provider/cluster";
import { type AuthPeerOptions, authPeer, identityOf, newAuthorities, type TestServer } from "./auth-peer";
import { settingsOf, type TestSurroundings, testSurroundings } from "./cluster-surroundings";
import type { Cleanup } from "./grpc-peers";

/** A cluster as the provider sees it, in front of an Auth service that answers as the test says. */
export interface TestCluster {
  readonly cluster: Cluster;
  readonly server: TestServer;
  readonly around: TestSurroundings;
  /** Paths of all calls that arrived, in their order. */
  readonly calls: string[];
}

let authorities: Promise<CertificateAuthorities> | undefined;

/** Starts Auth with these routes and connects to it; ends with the cleanup. */
export async function testCluster(
  cleanup: Cleanup,
  options: Omit<AuthPeerOptions, "authorities">,
  change: Partial<Surroundings> = {},
): Promise<TestCluster> {
  authorities ??= newAuthorities("leaf.example.com");
  const own = await authorities;
  const calls: string[] = [];
  const server = await authPeer({
    ...options,
    authorities: own,
    onStream: (stream, path) => {
      calls.push(path.slice(path.lastIndexOf("/") + 1));
      options.onStream?.(stream, path);
    },
    ...(options.http === undefined
      ? {}
      : {
          http: (request, response) => {
            calls.push(`${request.method} ${request.url}`);
            options.http?.(request, response);
          },
        }),
  });
  cleanup.add(() => server.close());
  const around = testSurroundings(change);
  const clusters = new Map([["leaf", settingsOf(server.addr, await identityOf(own))]]);
  const connections = createConnections({ default: undefined, clusters, clustersUnknown: false }, around);
  cleanup.add(() => connections.close());
  return { cluster: connections.get("leaf"), server, around, calls };
}
