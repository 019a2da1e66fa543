// The lab's whole decision about certificates that Go and OpenSSH have made, against the verdict of Go's libraries.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, test } from "node:test";
import { create } from "@bufbuild/protobuf";

import { authorizeSsh, LoginDenied, PeerRefused, verifyPeer } from "../../../../lab/auth";
import { CertAuthorityV2Schema } from "../../../../lab/gen/teleport/types/cert_authority_pb";
import { RoleV6Schema } from "../../../../lab/gen/teleport/types/role_pb";
import { parseCertificateLine } from "../../../../lab/ssh";
import { ClusterStorage } from "../../../../lab/storage";
import { versionRules } from "../../../../lab/versions";
import { readVectors } from "../../../support/vectors";

interface Identity {
  readonly user: string;
  readonly roles: readonly string[];
  readonly logins: readonly string[];
  readonly traits: Readonly<Record<string, readonly string[]>> | null;
  readonly cluster: string | null;
}

interface Vectors {
  readonly ssh_authorities: readonly { readonly name: string; readonly key: string }[];
  readonly ssh_certificates: readonly SshRow[];
  readonly ssh_refused: readonly SshRow[];
  readonly x509_authorities: readonly { readonly name: string; readonly pem: string }[];
  readonly x509_certificates: readonly X509Row[];
  readonly x509_refused: readonly X509Row[];
}

interface SshRow {
  readonly kind: string;
  readonly certificate: string;
  readonly fields?: { readonly key_id: string; readonly extensions: readonly (readonly [string, string])[] };
  readonly checks?: readonly {
    readonly at: number;
    readonly user?: string;
    readonly trusted: readonly string[];
    readonly options: readonly string[];
    readonly error: string | null;
  }[];
}

interface X509Row {
  readonly kind: string;
  readonly pem: string;
  readonly identity?: Identity;
  readonly checks?: readonly {
    readonly at: number;
    readonly usage: string;
    readonly dns: string;
    readonly trusted: readonly string[];
    readonly error: string | null;
  }[];
}

const vectors = readVectors<Vectors>("ssh-and-x509");
const cluster = "root.example.com";

/** A leaf that trusts a cluster with these authorities, in which every role is `access`. */
function leafThatTrusts(trusted: readonly string[], atMs: number) {
  const storage = new ClusterStorage({ now: Date.now, newRevision: () => "r" });
  const named = <Row extends { readonly name: string }>(rows: readonly Row[]) =>
    rows.filter(({ name }) => trusted.includes(name));
  const ssh = named(vectors.ssh_authorities).map(({ key }) => ({ publicKey: Buffer.from(key) }));
  const tls = named(vectors.x509_authorities).map(({ pem }) => ({ cert: Buffer.from(pem) }));
  const spec = {
    type: "user",
    clusterName: cluster,
    activeKeys: { ssh, tls },
    roleMap: [{ remote: "*", local: ["access"] }],
  };
  storage.upsert("cert_authority", create(CertAuthorityV2Schema, { metadata: { name: cluster }, spec }));
  storage.upsert("role", create(RoleV6Schema, { metadata: { name: "access" }, spec: {} }));
  return { clusterName: "leaf.example.com", storage, rules: versionRules("17"), realNow: () => atMs };
}

describe("a login by SSH", () => {
  for (const { kind, certificate: line, fields, checks = [] } of [
    ...vectors.ssh_certificates,
    ...vectors.ssh_refused,
  ]) {
    const rows = checks.filter(({ user, options }) => user !== undefined && options.length === 0);
    // A plain key does not get as far as this.
    if (rows.length === 0 || kind === "plain key") continue;
    test(`with a certificate: ${kind}`, () => {
      const certificate = parseCertificateLine(line);
      for (const { at, user = "", trusted, error } of rows) {
        const credential = { user, publicKey: certificate.publicKey, certificate };
        const context = leafThatTrusts(trusted, at * 1000);
        if (error !== null) {
          assert.throws(() => authorizeSsh(credential, context), { name: "LoginDenied", message: error });
          continue;
        }
        try {
          const { caller, login } = authorizeSsh(credential, context);
          assert.deepEqual(caller.roles, ["access"]);
          assert.equal(caller.user, `remote-${fields?.key_id}-${cluster}`);
          assert.deepEqual([login.login, login.userCluster], [user, cluster]);
          assert.deepEqual(caller.traits.logins, certificate.principals);
        } catch (denied) {
          // Good as a certificate, and still nobody: Teleport's own extensions decide the rest.
          assert.ok(denied instanceof LoginDenied, String(denied));
          assert.match(denied.message, /names no user|are not the JSON|Unexpected|traits|trait /, kind);
        }
      }
    });
  }
});

describe("a call by TLS", () => {
  for (const { kind, pem, identity, checks = [] } of [...vectors.x509_certificates, ...vectors.x509_refused]) {
    const rows = checks.filter(({ usage, dns }) => usage === "client" && dns === "");
    if (rows.length === 0) continue;
    test(`with a certificate: ${kind}`, () => {
      const certificate = new X509Certificate(pem);
      for (const { at, trusted, error } of rows) {
        const verify = () => verifyPeer([certificate], "", leafThatTrusts(trusted, at * 1000));
        if (error !== null) {
          assert.throws(verify, PeerRefused);
          continue;
        }
        const peer = verify();
        if (identity === undefined) continue;
        const { name, groups, principals, traits } = peer?.identity ?? {};
        const { user, roles, logins } = identity;
        assert.deepEqual([name, groups, principals], [user, roles, logins]);
        assert.deepEqual(traits, identity.traits ?? {});
      }
    });
  }
});
