import assert from "node:assert/strict";
import { randomBytes, X509Certificate } from "node:crypto";
import { test } from "node:test";

import fc from "fast-check";

import { createAutoMtls } from "../../../../provider/plugin/auto-mtls";
import { certificateFromPem, certificatePem, createSelfSigned } from "../../../../provider/plugin/certificate";
import { bitString, integer, objectIdentifier, octetString, time } from "../../../../provider/plugin/der-writer";
import { createHostCertificate } from "../../../support/host-certificate";

const encodings: readonly [string, Buffer, string][] = [
  ["zero", integer(Uint8Array.of(0)), "020100"],
  ["127", integer(Uint8Array.of(127)), "02017f"],
  ["128, which needs a leading zero", integer(Uint8Array.of(128)), "02020080"],
  ["256 with zeros in front", integer(Uint8Array.of(0, 0, 1, 0)), "02020100"],
  ["no bytes at all", integer(new Uint8Array(0)), "020100"],
  ["an object identifier with large parts", objectIdentifier("1.2.840.10045.4.3.2"), "06082a8648ce3d040302"],
  ["bits with some unused", bitString(Uint8Array.of(0x84), 2), "03020284"],
  ["a content of 127 bytes", octetString(Buffer.alloc(127)).subarray(0, 2), "047f"],
  ["a content of 128 bytes", octetString(Buffer.alloc(128)).subarray(0, 3), "048180"],
  ["a content of 256 bytes", octetString(Buffer.alloc(256)).subarray(0, 4), "04820100"],
  ["a time before 2050", time(new Date("2049-12-31T23:59:59.999Z")), "170d3439313233313233353935395a"],
  ["a time from 2050 on", time(new Date("2050-01-01T00:00:00Z")), "180f32303530303130313030303030305a"],
];
for (const [name, bytes, hex] of encodings) {
  test(`writes ${name} as DER`, () => assert.equal(bytes.toString("hex"), hex));
}

test("makes certificates that OpenSSL reads, whatever their serial and time", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 20 }),
      fc.date({ min: new Date("2026-01-01"), max: new Date("2060-01-01"), noInvalidDate: true }),
      (serial, now) => {
        const { certificate } = createSelfSigned(now.getTime(), serial);
        const parsed = new X509Certificate(certificatePem(certificate));
        assert.ok(parsed.verify(parsed.publicKey));
        assert.equal(parsed.checkHost("localhost"), "localhost");
        assert.equal(parsed.ca, true);
        // As numbers: Node's versions write a serial of 0 differently.
        assert.equal(BigInt(`0x${parsed.serialNumber}`), BigInt(`0x${Buffer.from(serial).toString("hex")}`));
        assert.equal(Date.parse(parsed.validFrom), Math.floor((now.getTime() - 30_000) / 1000) * 1000);
      },
    ),
    { numRuns: 50 },
  );
});

test("wraps PEM so that no length gives an empty line", () => {
  for (const length of [47, 48, 49, 96, 144]) {
    const pem = certificatePem(Buffer.alloc(length, 1));
    assert.equal(pem.includes("\n\n"), false, `${length} bytes`);
    assert.deepEqual(certificateFromPem(pem), Buffer.alloc(length, 1));
  }
});

for (const text of [
  "",
  "x",
  "-----BEGIN CERTIFICATE-----",
  "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----",
]) {
  test(`says that ${JSON.stringify(text)} is no certificate`, () => {
    assert.throws(
      () => certificateFromPem(text),
      /^Error: the host's certificate \(PLUGIN_CLIENT_CERT\) is no PEM certificate$/,
    );
  });
}

test("takes the host's very certificate and no other", () => {
  const host = createHostCertificate();
  const mtls = createAutoMtls(host.certificatePem, createSelfSigned(Date.now(), randomBytes(16)));
  const raw = certificateFromPem(host.certificatePem);
  const shown = (der: Buffer | undefined) => ({ getPeerCertificate: () => ({ raw: der }) }) as never;
  const flipped = Buffer.from(raw);
  flipped[flipped.length - 1] = (flipped.at(-1) as number) ^ 1;
  assert.equal(mtls.isHost(shown(raw)), true);
  assert.equal(mtls.isHost(shown(flipped)), false);
  assert.equal(mtls.isHost(shown(raw.subarray(0, -1))), false);
  assert.equal(mtls.isHost(shown(Buffer.concat([raw, Buffer.of(0)]))), false);
  assert.equal(mtls.isHost(shown(undefined)), false);
  assert.equal(mtls.isHost(shown(certificateFromPem(createHostCertificate().certificatePem))), false);
});

test("gives the handshake a certificate without padding, for every length", () => {
  const host = createHostCertificate().certificatePem;
  for (const length of [300, 301, 302]) {
    const own = { ...createSelfSigned(Date.now(), Uint8Array.of(1)), certificate: Buffer.alloc(length, 7) };
    const { certificateField } = createAutoMtls(host, own);
    assert.equal(certificateField.includes("="), false);
    assert.deepEqual(Buffer.from(certificateField, "base64"), own.certificate);
  }
});
