import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  assertSourceAddress,
  authorizedKey,
  certificateLine,
  checkCertificate,
  encodeOpensshPrivateKey,
  forever,
  issueCertificate,
  parseAuthorizedKey,
  parseCertificate,
  parseCertificateLine,
  parsePublicKey,
  publicKeyFromKeyObject,
  type SshCertificate,
  SshError,
} from "../../../../lab/ssh";
import { type KeyKind, newCertificate, newKey, publicKeyOf } from "../../../support/ssh-fixtures";

const kinds: readonly KeyKind[] = ["ed25519", "ecdsa", "rsa"];

function refusalOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof SshError, String(error));
    return `${error.reason}: ${error.message}`;
  }
  return "let in";
}

describe("SSH public keys", () => {
  for (const kind of kinds) {
    it(`survive the way through wire and text: ${kind}`, () => {
      const key = publicKeyOf(newKey(kind));
      const read = parseAuthorizedKey(authorizedKey(key, "a comment"));
      assert.equal(read.type, key.type);
      assert.deepEqual(read.blob, key.blob);
      assert.ok(read.keyObject.equals(key.keyObject));
      assert.deepEqual(
        publicKeyFromKeyObject(createPublicKey(read.keyObject.export({ type: "spki", format: "pem" }))).blob,
        key.blob,
      );
    });
  }

  it("are not made of keys that SSH does not have", () => {
    const { publicKey } = generateKeyPairSync("x25519");
    assert.equal(
      refusalOf(() => publicKeyFromKeyObject(publicKey)),
      "malformed: SSH has no keys of kind x25519 (X25519)",
    );
  });

  it("are refused when the point is not on the curve", () => {
    const blob = Buffer.from(publicKeyOf(newKey("ecdsa")).blob);
    blob.writeUInt8(blob.readUInt8(blob.length - 1) ^ 1, blob.length - 1);
    assert.equal(
      refusalOf(() => parsePublicKey(blob)),
      "malformed: not a valid ecdsa-sha2-nistp256 public key",
    );
  });

  it("have no private form without a private key", () => {
    const publicKey = createPublicKey(newKey());
    assert.equal(
      refusalOf(() => encodeOpensshPrivateKey(publicKey)),
      "malformed: a public key cannot be written as a private one",
    );
  });
});

describe("issueCertificate", () => {
  it("says exactly what was asked for", () => {
    const authority = newKey();
    const key = newKey("ecdsa");
    const nonce = randomBytes(32);
    const certificate = issueCertificate(authority, {
      kind: "host",
      publicKey: publicKeyOf(key),
      nonce,
      serial: 2n ** 64n - 1n,
      keyId: "5f3c2a10.leaf.lab",
      principals: ["5f3c2a10.leaf.lab", "localhost"],
      validAfter: new Date(1_900_000_000_999),
      validBefore: "forever",
      extensions: { "x-teleport-role": "Proxy", "x-teleport-authority": "leaf.lab", a: "" },
    });
    assert.equal(certificate.type, "ecdsa-sha2-nistp256-cert-v01@openssh.com");
    assert.deepEqual(certificate.nonce, nonce);
    assert.equal(certificate.serial, 2n ** 64n - 1n);
    assert.equal(certificate.certType, 2);
    assert.equal(certificate.keyId, "5f3c2a10.leaf.lab");
    assert.deepEqual(certificate.principals, ["5f3c2a10.leaf.lab", "localhost"]);
    assert.equal(certificate.validAfter, 1_900_000_000n);
    assert.equal(certificate.validBefore, forever);
    assert.deepEqual(
      [...certificate.extensions],
      [
        ["a", ""],
        ["x-teleport-authority", "leaf.lab"],
        ["x-teleport-role", "Proxy"],
      ],
    );
    assert.deepEqual(parseCertificateLine(certificateLine(certificate, "comment")), certificate);
  });

  it("signs with rsa-sha2-512 by an RSA authority, and with rsa-sha2-256 when asked to", () => {
    const authority = newKey("rsa");
    const request = {
      kind: "user",
      publicKey: publicKeyOf(newKey()),
      nonce: randomBytes(32),
      keyId: "alice",
      principals: ["alice"],
      validAfter: new Date(0),
      validBefore: "forever",
    } as const;
    const check = { kind: "user", principal: "alice", authorities: [publicKeyOf(authority)], now: Date.now() } as const;
    for (const [algorithm, expected] of [
      [undefined, "rsa-sha2-512"],
      ["rsa-sha2-256", "rsa-sha2-256"],
    ] as const) {
      const certificate = issueCertificate(authority, request, algorithm);
      assert.equal(certificate.signature.algorithm, expected);
      checkCertificate(certificate, check);
    }
  });

  it("does not sign by an algorithm of another kind of key, nor a time that the format cannot hold", () => {
    const key = newKey();
    const sign = (validAfter: Date, algorithm?: "rsa-sha2-512") =>
      issueCertificate(
        key,
        {
          kind: "user",
          publicKey: publicKeyOf(key),
          nonce: randomBytes(32),
          keyId: "",
          principals: [],
          validAfter,
          validBefore: "forever",
        },
        algorithm,
      );
    assert.equal(
      refusalOf(() => sign(new Date(), "rsa-sha2-512")),
      "malformed: a ssh-ed25519 key cannot sign with rsa-sha2-512",
    );
    assert.match(
      refusalOf(() => sign(new Date(-1))),
      /^malformed: an SSH certificate cannot hold the time/,
    );
  });
});

describe("a certificate's check", () => {
  it("lets nothing in of which any bit was changed", () => {
    const authority = newKey();
    const certificate = newCertificate(authority, newKey(), { kind: "user", principals: ["visitor"] });
    const authorities = [publicKeyOf(authority)];
    fc.assert(
      fc.property(fc.nat(certificate.blob.length * 8 - 1), (bit) => {
        const blob = Buffer.from(certificate.blob);
        blob.writeUInt8(blob.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const verdict = refusalOf(() =>
          checkCertificate(parseCertificate(blob), {
            kind: "user",
            principal: "visitor",
            authorities,
            now: Date.now(),
          }),
        );
        assert.notEqual(verdict, "let in");
      }),
      { numRuns: 500 },
    );
  });

  it("never throws anything but SshError, whatever the bytes", () => {
    const { blob } = newCertificate(newKey(), newKey("rsa"), { kind: "host", principals: ["a", "b"] });
    fc.assert(
      fc.property(fc.nat(blob.length), fc.uint8Array({ maxLength: 40 }), fc.nat(60), (offset, noise, cut) => {
        const mixed = Buffer.concat([blob.subarray(0, offset), noise, blob.subarray(offset + cut)]);
        refusalOf(() => parseCertificate(mixed));
      }),
      { numRuns: 500 },
    );
  });

  it("ends at the second that valid_before names", () => {
    const authority = newKey();
    const certificate = newCertificate(authority, newKey(), {
      kind: "user",
      principals: [],
      validAfter: new Date(1_900_000_000_000),
      validBefore: new Date(1_900_000_100_000),
    });
    const at = (now: number) =>
      refusalOf(() =>
        checkCertificate(certificate, { kind: "user", principal: "x", authorities: [publicKeyOf(authority)], now }),
      );
    assert.equal(at(1_899_999_999_999), "untrusted: ssh: cert is not yet valid");
    assert.equal(at(1_900_000_000_000), "let in");
    assert.equal(at(1_900_000_099_999), "let in");
    assert.equal(at(1_900_000_100_000), "untrusted: ssh: cert has expired");
  });

  const sources: readonly (readonly [allowed: string | undefined, address: string | undefined, verdict: string])[] = [
    [undefined, undefined, "let in"],
    ["10.0.0.0/8,192.0.2.1", "10.9.8.7", "let in"],
    ["10.0.0.0/8,192.0.2.1", "192.0.2.1", "let in"],
    ["10.0.0.0/8", "::ffff:10.1.2.3", "let in"],
    ["2001:db8::/32", "2001:db8::7", "let in"],
    ["10.0.0.0/8,192.0.2.1", "192.0.2.2", "not allowed"],
    ["2001:db8::/32", "10.1.2.3", "not allowed"],
    ["10.0.0.0/8", undefined, "not allowed"],
    ["10.0.0.0/8,garbage", "192.0.2.2", "error parsing"],
    ["10.0.0.0/33", "10.1.2.3", "error parsing"],
  ];
  for (const [allowed, address, verdict] of sources) {
    it(`holds a certificate for ${allowed ?? "everywhere"} to its source address: ${address ?? "unknown"} is ${verdict}`, () => {
      const certificate: SshCertificate = newCertificate(newKey(), newKey(), {
        kind: "user",
        principals: ["a"],
        ...(allowed === undefined ? {} : { criticalOptions: { "source-address": allowed } }),
      });
      assert.ok(refusalOf(() => assertSourceAddress(certificate, address)).includes(verdict));
    });
  }
});
