import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { clone, create, fromJson } from "@bufbuild/protobuf";

import { teleportJson, validateTrustedClusterText } from "../../../../lab/auth";
import type { CertificateAuthorities } from "../../../../lab/ca";
import { createAuthorities } from "../../../../lab/ca";
import type { CertAuthorityV2 } from "../../../../lab/gen/teleport/types/cert_authority_pb";
import { CertAuthorityV2Schema } from "../../../../lab/gen/teleport/types/cert_authority_pb";
import { ProvisionTokenV2Schema } from "../../../../lab/gen/teleport/types/provision_token_pb";
import { TrustedClusterV2Schema } from "../../../../lab/gen/teleport/types/trusted_cluster_pb";
import { isTrace } from "../../../../lab/trace-error";
import { LabAuth } from "../../../support/lab-auth";

let root: LabAuth;
let leaf: CertificateAuthorities;

before(async () => {
  root = await LabAuth.start("root.example.com");
  leaf = await createAuthorities({ clusterName: "leaf.example.com", proxyHost: "127.0.0.1" }, "balanced-v1", {
    realNow: Date.now,
    randomBytes,
  });
  addToken("good", ["Trusted_cluster"], "token");
  addToken("nodes", ["Node"], "token");
  addToken("iam", ["Trusted_cluster"], "iam");
});
after(() => root.close());

function addToken(name: string, roles: string[], joinMethod: string): void {
  const token = create(ProvisionTokenV2Schema, {
    metadata: { name, labels: { env: "x" } },
    spec: { roles, joinMethod },
  });
  root.context.storage.upsert("token", token);
}

/** The leaf's host authority, changed, as it goes over the wire. */
function shown(change: (authority: CertAuthorityV2) => void = () => {}): string {
  const authority = clone(CertAuthorityV2Schema, leaf.public("host"));
  change(authority);
  return Buffer.from(JSON.stringify(teleportJson(CertAuthorityV2Schema, authority))).toString("base64");
}

function renamed({ metadata }: CertAuthorityV2): void {
  if (metadata !== undefined) metadata.name = "other";
}

function request(token: string, authorities: unknown): string {
  return JSON.stringify({ token, certificate_authorities: authorities, teleport_version: "17.7.0" });
}

function named(name: string): string {
  return shown(({ metadata, spec }) => {
    if (metadata !== undefined) metadata.name = name;
    if (spec !== undefined) spec.clusterName = name;
  });
}

const noToken = "the remote server denied access: invalid cluster token";
const refused: readonly (readonly [name: string, body: () => string, kind: string, message: string | RegExp])[] = [
  ["no JSON", () => "{", "bad_parameter", /^request: /],
  ["a token that is a number", () => '{"token":7}', "bad_parameter", /not of their types$/],
  ["no token", () => "{}", "access_denied", noToken],
  ["an unknown token", () => request("bad", [shown()]), "access_denied", noToken],
  ["a token of another join method", () => request("iam", [shown()]), "access_denied", noToken],
  ["a token for nodes", () => request("nodes", [shown()]), "access_denied", "role does not match"],
  [
    "no authority",
    () => request("good", []),
    "access_denied",
    "expected exactly one certificate authority, received 0",
  ],
  [
    "two authorities",
    () => request("good", [shown(), shown()]),
    "access_denied",
    "expected exactly one certificate authority, received 2",
  ],
  ["no authority's JSON", () => request("good", ["bm8="]), "bad_parameter", /^failed to parse certificate authority: /],
  [
    "an authority without keys",
    () => request("good", [shown(({ spec }) => delete spec?.activeKeys)]),
    "bad_parameter",
    "certificate authority has no keys or no cluster name",
  ],
  [
    "a user authority",
    () =>
      request("good", [
        Buffer.from(JSON.stringify(teleportJson(CertAuthorityV2Schema, leaf.public("user")))).toString("base64"),
      ]),
    "access_denied",
    'expected host certificate authority, received CA with type "user"',
  ],
  ["two names", () => request("good", [shown(renamed)]), "access_denied", "CA name does not match its cluster name"],
  [
    "the root's own name",
    () => request("good", [named("root.example.com")]),
    "access_denied",
    "remote cluster has same name as this cluster: root.example.com",
  ],
  [
    "certificates of another cluster",
    () => request("good", [named("mallory.example.com")]),
    "access_denied",
    "the subject organization of a CA certificate does not match the cluster name of the CA",
  ],
  [
    "a certificate that is none",
    () =>
      request("good", [
        shown(({ spec }) => {
          const pair = spec?.activeKeys?.tls[0];
          if (pair !== undefined) pair.cert = Buffer.from("no PEM");
        }),
      ]),
    "bad_parameter",
    /^failed to parse certificate authority: /,
  ],
];

for (const [name, body, kind, message] of refused) {
  test(`a root refuses: ${name}`, () => {
    assert.throws(
      () => validateTrustedClusterText(root.context, body()),
      (error) =>
        isTrace(error) &&
        error.kind === kind &&
        (typeof message === "string" ? error.message === message : message.test(error.message)),
    );
    assert.deepEqual(root.context.storage.list("remote_cluster"), []);
    assert.equal(root.context.audit.events.at(-1)?.success, false);
  });
}

test("a root that trusts a cluster cannot be that cluster's root as well", () => {
  const { storage } = root.context;
  storage.upsert("trusted_cluster", create(TrustedClusterV2Schema, { metadata: { name: "leaf.example.com" } }));
  assert.throws(
    () => validateTrustedClusterText(root.context, request("good", [shown()])),
    (error) =>
      isTrace(error, "bad_parameter") &&
      error.message ===
        'cannot create remote cluster with same name as trusted cluster "leaf.example.com", bidirectional trust is not supported',
  );
  storage.delete("trusted_cluster", "leaf.example.com");
});

test("a root answers with host, user, db and openssh authorities, public keys only", () => {
  const answer = JSON.parse(validateTrustedClusterText(root.context, request("good", [shown()]))) as {
    certificate_authorities: string[];
  };
  const authorities = answer.certificate_authorities.map((encoded) => {
    const json = JSON.parse(Buffer.from(encoded, "base64").toString()) as {
      kind: string;
      sub_kind: string;
      version: string;
    };
    assert.deepEqual([json.kind, json.version], ["cert_authority", "v2"]);
    return fromJson(CertAuthorityV2Schema, json as never);
  });
  assert.deepEqual(
    authorities.map(({ spec, subKind }) => `${spec?.type} ${subKind} ${spec?.clusterName}`),
    ["host", "user", "db", "openssh"].map((type) => `${type} ${type} root.example.com`),
  );
  for (const { spec } of authorities) {
    assert.ok(spec?.activeKeys?.tls.every(({ key }) => key.length === 0));
    assert.ok(spec?.activeKeys?.ssh.every(({ privateKey }) => privateKey.length === 0));
  }
  assert.deepEqual(root.context.storage.get("remote_cluster", "leaf.example.com")?.metadata?.labels, { env: "x" });
});
