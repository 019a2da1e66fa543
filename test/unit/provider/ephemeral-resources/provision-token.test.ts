import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { type Api, createBestEffort, type ProvisionTokenV2 } from "../../../../provider/cluster";
import { Empty } from "../../../../provider/cluster/gen/google/protobuf/empty";
import {
  CreateTokenV2Request,
  PingRequest,
  PingResponse,
  UpsertTokenV2Request,
} from "../../../../provider/cluster/gen/teleport/auth/auth_service";
import { ResourceRequest } from "../../../../provider/cluster/gen/teleport/types/metadata";
import { ProvisionTokenV2 as Token } from "../../../../provider/cluster/gen/teleport/types/provision_token";
import { ephemeralResources } from "../../../../provider/ephemeral-resources";
import type { CallContext, Json, ObjectValue, Value } from "../../../../provider/framework";
import { GrpcError, GrpcStatus, grpcMethod, type Route, unaryRoute } from "../../../../provider/grpc";
import { isTokenNameOf, publicId } from "../../../../trust";
import { Cleanup } from "../../../support/grpc-peers";
import { testCluster } from "../../../support/test-cluster";

const auth = "/proto.AuthService";
const [resource] = ephemeralResources;
assert.ok(resource);
const { open, renew, close, schema } = resource;

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** Auth's store of tokens. */
function tokenRoutes(tokens: Map<string, ProvisionTokenV2>): Route[] {
  const store = (token: ProvisionTokenV2 | undefined) => {
    tokens.set(token?.metadata?.name ?? "", token ?? Token.create());
    return Empty.create();
  };
  const find = (name: string) => {
    const token = tokens.get(name);
    if (token === undefined) throw new GrpcError(GrpcStatus.NOT_FOUND, `provisioning token(${name}) not found`);
    return token;
  };
  return [
    unaryRoute(grpcMethod(`${auth}/Ping`, PingRequest, PingResponse), () =>
      PingResponse.fromPartial({ cluster_name: "root" }),
    ),
    unaryRoute(grpcMethod(`${auth}/CreateTokenV2`, CreateTokenV2Request, Empty), ({ token }) => store(token?.v2)),
    unaryRoute(grpcMethod(`${auth}/UpsertTokenV2`, UpsertTokenV2Request, Empty), ({ token }) => store(token?.v2)),
    unaryRoute(grpcMethod(`${auth}/GetToken`, ResourceRequest, Token), ({ name }) => find(name)),
    unaryRoute(grpcMethod(`${auth}/DeleteToken`, ResourceRequest, Empty), ({ name }) => {
      find(name);
      tokens.delete(name);
      return Empty.create();
    }),
  ];
}

const now = Date.parse("2026-11-22T10:00:00Z");

async function setUp() {
  const tokens = new Map<string, ProvisionTokenV2>();
  const { cluster } = await testCluster(cleanup, { routes: tokenRoutes(tokens) });
  const clock = { ms: now };
  const api = {
    connections: { get: () => cluster },
    bestEffort: createBestEffort(),
    randomBytes: (size: number) => new Uint8Array(size).fill(0xab),
    wallClock: () => 5_000_000,
  } as unknown as Api;
  const context = { api, signal: new AbortController().signal, now: () => clock.ms } as unknown as CallContext<Api>;
  return { tokens, clock, context };
}

function configOf(given: Readonly<Record<string, Value>>): ObjectValue {
  return Object.fromEntries(Object.keys(schema.attributes).map((name) => [name, given[name] ?? null]));
}

const expiryMs = (token: ProvisionTokenV2 | undefined) => Number(token?.metadata?.expires?.seconds ?? 0n) * 1000;

test("makes a token, prolongs it, and removes it", async () => {
  const { tokens, clock, context } = await setUp();
  const config = configOf({ roles: ["Trusted_cluster"], ttl: "10m", labels: new Map([["env", "demo"]]) });
  const opened = await open(config, context);
  const name = String(opened.result.token);
  assert.ok(isTokenNameOf(publicId("root/ephemeral"), name));
  assert.equal(opened.result.expires, "2026-11-22T10:10:00Z");
  assert.deepEqual(opened.result.roles, ["Trusted_cluster"]);
  assert.equal(opened.renewAtMs, 5_000_000 + 5 * 60_000);
  const made = tokens.get(name);
  assert.deepEqual(made?.spec?.roles, ["Trusted_cluster"]);
  assert.deepEqual(made?.metadata?.labels, { env: "demo" });
  assert.equal(expiryMs(made), now + 10 * 60_000);

  clock.ms += 5 * 60_000;
  const renewed = await renew?.(opened.private as Json, context);
  assert.equal(expiryMs(tokens.get(name)), now + 15 * 60_000);
  assert.deepEqual(tokens.get(name)?.metadata?.labels, { env: "demo" });
  assert.equal(renewed?.renewAtMs, 5_000_000 + 5 * 60_000);

  await close?.(opened.private as Json, context);
  assert.equal(tokens.size, 0);
});

test("closes also when the token is gone already", async () => {
  const { tokens, context } = await setUp();
  const opened = await open(configOf({ roles: ["Node"] }), context);
  tokens.clear();
  await close?.(opened.private as Json, context);
});

test("says that the token is gone when it should be prolonged, and not what it was", async () => {
  const { tokens, context } = await setUp();
  const opened = await open(configOf({ roles: ["Node"] }), context);
  tokens.clear();
  const error = await renew?.(opened.private as Json, context).then(
    () => assert.fail("it was prolonged"),
    (reason: unknown) => reason as Error,
  );
  assert.match(
    String(error?.message),
    /^the provision token that was made in cluster "leaf" \(.*\) is gone before its time\./,
  );
  assert.ok(!String(error).includes(String(opened.result.token)));
});

const refused: readonly (readonly [attribute: string, value: Value, what: string])[] = [
  ["roles", [], "the token has no roles"],
  ["ttl", "5s", '"5s" is too short'],
  ["ttl", "5 minutes", '"5 minutes" is not a duration'],
  ["labels", new Map([["env name", "demo"]]), '"env name" is not the key of a label'],
  ["labels", new Map([[" ", "demo"]]), "a label has no key"],
];

for (const [attribute, value, what] of refused) {
  test(`refuses ${attribute} = ${JSON.stringify(value instanceof Map ? Object.fromEntries(value) : value)}`, () => {
    const problems = (schema.attributes[attribute]?.validate ?? []).flatMap((validate) => [...validate(value)]);
    assert.deepEqual(
      problems.map((problem) => problem.what),
      [what],
    );
  });
}

test("hides the token in Terraform's output", () => {
  assert.equal(schema.attributes.token?.sensitive, true);
});
