import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  authorizedKey,
  certificateLine,
  checkCertificate,
  fingerprint,
  parseAuthorizedKey,
  parseCertificateLine,
  type SshCertificate,
  SshError,
} from "../../../../lab/ssh";

interface Check {
  readonly at: number;
  readonly user?: string;
  readonly host?: string;
  readonly trusted: readonly string[];
  readonly options: readonly string[];
  readonly error: string | null;
}

interface Row {
  readonly kind: string;
  readonly made_by: string;
  readonly certificate: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly parse_error?: string;
  readonly checks?: readonly Check[];
}

interface Vectors {
  readonly ssh_authorities: readonly { readonly name: string; readonly key: string }[];
  readonly ssh_certificates: readonly Row[];
  readonly ssh_hosts: readonly Row[];
  readonly ssh_refused: readonly Row[];
}

const vectors = JSON.parse(readFileSync(join(process.cwd(), "test/vectors/ssh-and-x509.json"), "utf8")) as Vectors;

const authorities = new Map(vectors.ssh_authorities.map(({ name, key }) => [name, parseAuthorizedKey(key)]));

function fieldsOf(certificate: SshCertificate) {
  return {
    type: certificate.type,
    nonce: certificate.nonce.toString("hex"),
    key: authorizedKey(certificate.publicKey),
    key_fingerprint: fingerprint(certificate.publicKey),
    serial: String(certificate.serial),
    cert_type: certificate.certType === 1 ? "user" : certificate.certType === 2 ? "host" : certificate.certType,
    key_id: certificate.keyId,
    principals: certificate.principals,
    valid_after: String(certificate.validAfter),
    valid_before: String(certificate.validBefore),
    critical_options: [...certificate.criticalOptions],
    extensions: [...certificate.extensions],
    reserved: certificate.reserved.toString("hex"),
    signature_key: authorizedKey(certificate.signatureKey),
    signature_key_fingerprint: fingerprint(certificate.signatureKey),
    signature_format: certificate.signature.algorithm,
  };
}

/** What our check says, in the vectors' form: null lets in. */
function verdict(certificate: SshCertificate, check: Check): string | null {
  const host = check.host === undefined ? undefined : splitHostPort(check.host);
  try {
    checkCertificate(certificate, {
      kind: host === undefined ? "user" : "host",
      principal: host ?? check.user ?? "",
      authorities: check.trusted.map((name) => authorities.get(name)!),
      now: check.at * 1000,
      supportedOptions: check.options,
    });
    return null;
  } catch (error) {
    assert.ok(error instanceof SshError && error.reason === "untrusted", String(error));
    return error.message;
  }
}

function splitHostPort(address: string): string {
  return address.replace(/:\d*$/, "").replace(/^\[(.*)\]$/, "$1");
}

/** Two texts name the address with its port there, which our check is never given. */
function hostError(check: Check): string | null {
  if (check.error?.startsWith("ssh: no authorities for hostname: ")) {
    return `ssh: no authorities for hostname: ${splitHostPort(check.host!)}`;
  }
  return check.error;
}

describe("SSH certificates made by x/crypto/ssh and ssh-keygen", () => {
  for (const row of [...vectors.ssh_certificates, ...vectors.ssh_hosts, ...vectors.ssh_refused]) {
    const fields = row.fields;
    if (fields === undefined) continue;
    it(`reads every field and decides as x/crypto does: ${row.kind}`, () => {
      const certificate = parseCertificateLine(row.certificate);
      assert.deepEqual(fieldsOf(certificate), fields);
      const comment = row.certificate.split(" ").slice(2).join(" ");
      assert.equal(certificateLine(certificate, comment), row.certificate.trim());
      for (const check of row.checks ?? []) {
        // Splitting an address is the caller's work here, so a missing port cannot be noticed.
        if (check.error?.includes("missing port in address")) continue;
        assert.equal(verdict(certificate, check), hostError(check), JSON.stringify(check));
      }
    });
  }

  for (const row of vectors.ssh_refused) {
    if (row.fields !== undefined) continue;
    it(`does not read: ${row.kind}`, () => {
      assert.throws(
        () => parseCertificateLine(row.certificate),
        (error) => error instanceof SshError && error.reason === "malformed",
      );
    });
  }

  it("has looked at every row", () => {
    assert.equal(vectors.ssh_certificates.length + vectors.ssh_hosts.length + vectors.ssh_refused.length, 162);
  });
});
