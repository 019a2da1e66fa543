// Who is served at the doors of a lab's cluster: its Auth, by TLS, and its tunnel port, by SSH. One row a stranger, one for whoever belongs there.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { DescMessage, DescMethod, DescService, Message } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";

import { Lab } from "../../lab";
import type { TlsKeyPair } from "../../lab/ca";
import { createAuthorities } from "../../lab/ca";
import { AuthService } from "../../lab/gen/teleport/auth/auth_service_pb";
import { PresenceService } from "../../lab/gen/teleport/presence/v1/presence_service_pb";
import { TrustService } from "../../lab/gen/teleport/trust/v1/trust_service_pb";
import { UsersService } from "../../lab/gen/teleport/users/v1/users_service_pb";
import { SshError } from "../../lab/ssh";
import { botOf, identityOf, labTransport } from "../support/lab-clients";
import { newKey } from "../support/ssh-fixtures";
import { TunnelDoor } from "../support/tunnel-door";

let lab: Lab;
before(async () => {
  lab = new Lab();
  await lab.ready;
});
after(() => lab.dispose());

const hour = 3_600_000;

/** Codes of a call whose connection was ended before the server said anything. */
const unanswered: ReadonlySet<Code> = new Set([Code.Canceled, Code.Unavailable, Code.Aborted, Code.Internal]);

/** A request in which every text says something, so that nobody is refused for what it lacks. */
function filled(descriptor: DescMessage, depth: number): Message {
  const message = reflect(descriptor);
  for (const field of depth === 0 ? [] : descriptor.fields) {
    if (field.fieldKind === "scalar" && field.scalar === ScalarType.STRING) message.set(field, "x");
    if (field.fieldKind === "list" && field.listKind === "scalar" && field.scalar === ScalarType.STRING)
      message.get(field).add("x");
    if (field.fieldKind === "message") message.set(field, reflect(field.message, filled(field.message, depth - 1)));
  }
  return message.message;
}

/** What a call came to, in the words of the tables below; another error as it is. */
async function outcomeOf(transport: Transport, service: DescService, method: DescMethod): Promise<string> {
  const client = createClient(service, transport) as Record<string, (request: object) => unknown>;
  try {
    const answer = client[method.localName]?.(filled(method.input, 4));
    if (method.methodKind === "server_streaming") for await (const _ of answer as AsyncIterable<unknown>);
    else await answer;
    return "served";
  } catch (error) {
    const { code, rawMessage } = ConnectError.from(error);
    if (code === Code.PermissionDenied && rawMessage.startsWith("access denied")) return "access denied";
    if (code === Code.Unimplemented) return "no such call";
    return unanswered.has(code) ? "no connection" : `${Code[code]}: ${rawMessage}`;
  }
}

const services: readonly DescService[] = [AuthService, PresenceService, TrustService, UsersService];
/** Who a cluster is, it tells everybody: one needs it to know whom one talks to. */
const open: ReadonlySet<string> = new Set(["Ping", "GetDomainName", "GetClusterCACert"]);

describe("nobody's certificate at Auth: access denied from every call that needs a role,", () => {
  for (const way of ["directly", "by the proxy"] as const) {
    test(way, async () => {
      const proxyAddr = way === "directly" ? {} : { proxyAddr: lab.root.addresses.proxy };
      await using nobody = labTransport(lab.root, proxyAddr);
      await using admin = labTransport(lab.root, { ...proxyAddr, tls: identityOf(lab.root, "admin").tls });
      let denied = 0;
      for (const service of services) {
        for (const method of service.methods) {
          const outcome = await outcomeOf(nobody.transport, service, method);
          const name = `${service.typeName}/${method.name}`;
          if (open.has(method.name)) assert.equal(outcome, "served", name);
          else if (outcome === "no such call")
            assert.equal(await outcomeOf(admin.transport, service, method), outcome, name);
          else assert.equal(outcome, "access denied", name);
          if (outcome === "access denied") denied++;
        }
      }
      assert.ok(denied >= 40, `${denied} calls were tried`);
    });
  }
});

const alice = { user: "alice", roles: ["access"], logins: [], traits: {} };

/** A certificate of alice by an authority that is made for it. */
async function byAuthorityOf(clusterName: string): Promise<TlsKeyPair> {
  const sources = { realNow: Date.now, randomBytes };
  const authorities = await createAuthorities({ clusterName, proxyHost: "127.0.0.1" }, "balanced-v1", sources);
  return (await authorities.issueUser(alice, hour)).tls;
}

// A stolen certificate without its key is missing here: no TLS library would even send it.
describe("who is served at Auth, by certificate:", () => {
  const rows: readonly (readonly [who: string, comesWith: () => Promise<TlsKeyPair>, outcome: string])[] = [
    ["the bot", async () => botOf(lab.root), "served"],
    ["a cluster's that nobody knows", () => byAuthorityOf("foreign.lab"), "no connection"],
    ["one by an authority of our name and not our key", () => byAuthorityOf("root.lab"), "no connection"],
    ["a leaf's, which the root does not trust", async () => botOf(lab.leaf()), "no connection"],
    ["an expired one", async () => (await lab.root.authorities.issueUser(alice, -1_000)).tls, "no connection"],
  ];
  for (const [who, comesWith, outcome] of rows) {
    test(`${who}: ${outcome}`, async () => {
      for (const proxyAddr of [undefined, lab.root.addresses.proxy]) {
        await using door = labTransport(lab.root, { tls: await comesWith(), ...(proxyAddr && { proxyAddr }) });
        assert.equal(await outcomeOf(door.transport, AuthService, AuthService.method.ping), outcome);
      }
    });
  }
});

describe("who is let in at the tunnel port, by SSH's terms:", () => {
  const rows: readonly (readonly [who: string, knock: (door: TunnelDoor) => Promise<void>, isLetIn?: "let in"])[] = [
    ["the leaf's proxy", (door) => door.knock(door.certified()), "let in"],
    ["no certificate, only a key", (door) => door.knock({ privateKey: newKey() })],
    ["a certificate by a foreign authority", (door) => door.knock(door.certified({ authority: newKey() }))],
    ["an expired certificate", (door) => door.knock(door.certified({ validBefore: new Date(Date.now() - 1_000) }))],
    ["a certificate of type user by the leaf's host authority", (door) => door.knock(door.certified({ kind: "user" }))],
    [
      "a certificate of type host by the leaf's user authority",
      (door) => door.knock(door.certified({ authority: door.userAuthority })),
    ],
    ["a stolen certificate, without its key", (door) => door.knock({ ...door.certified(), privateKey: newKey() })],
    ["a certificate of another cluster's name", (door) => door.knock(door.certified({ clusterName: "other.lab" }))],
  ];
  for (const [who, knock, isLetIn] of rows) {
    test(`${who}: ${isLetIn ?? "refused"}`, async () => {
      const coming = knock(TunnelDoor.of(lab.root));
      if (isLetIn) return await coming;
      await assert.rejects(coming, (error) => error instanceof SshError && error.reason === "authentication");
    });
  }
});
