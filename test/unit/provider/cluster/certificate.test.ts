import assert from "node:assert/strict";
import { test } from "node:test";

import { certificateIdentity } from "../../../../provider/cluster/certificate";
import { oidText, readDer } from "../../../../provider/cluster/der";
import { readVectors } from "../../../support/vectors";

interface Row {
  readonly kind: string;
  readonly pem: string;
  readonly parse_error?: string | null;
  readonly fields: { readonly not_before: number; readonly not_after: number; readonly issuer: string[][][] } | null;
  readonly identity: { readonly user: string; readonly roles: readonly string[] } | null;
}

const { x509_certificates, x509_refused } = readVectors<{ x509_certificates: Row[]; x509_refused: Row[] }>(
  "ssh-and-x509",
);

test("reads user, roles, cluster and time out of every certificate that Go and OpenSSL made", () => {
  for (const { kind, pem, fields, identity } of x509_certificates) {
    if (fields === null || identity === null) continue;
    const read = certificateIdentity(pem);
    const organizations = fields.issuer.flat().filter(([oid]) => oid === "2.5.4.10");
    assert.equal(read.userName, identity.user, kind);
    assert.deepEqual(read.roles, identity.roles ?? [], kind);
    assert.equal(read.clusterName, organizations[0]?.[2] ?? "", kind);
    assert.equal(read.notBefore, fields.not_before * 1000, kind);
    assert.equal(read.notAfter, fields.not_after * 1000, kind);
  }
});

test("refuses what is no certificate", () => {
  const broken = x509_refused.filter(({ kind }) => /^cut after|first byte wrong/.test(kind));
  assert.ok(broken.length > 5);
  for (const { kind, pem } of broken) assert.throws(() => certificateIdentity(pem), Error, kind);
});

test("refuses DER that goes past its end or has no definite length", () => {
  assert.throws(() => readDer(Buffer.from("3005", "hex")), RangeError);
  assert.throws(() => readDer(Buffer.from("30", "hex")), RangeError);
  assert.throws(() => readDer(Buffer.from("3080", "hex")), RangeError);
  assert.throws(() => readDer(Buffer.from("308400000001", "hex")), RangeError);
});

test("writes object identifiers as dotted numbers", () => {
  assert.equal(oidText(Buffer.from("55040a", "hex")), "2.5.4.10");
  assert.equal(oidText(Buffer.from("2bce0f0107", "hex")), "1.3.9999.1.7");
  assert.equal(oidText(Buffer.from("883703", "hex")), "2.999.3");
});
