import assert from "node:assert/strict";
import { test } from "node:test";

import { CertAuthorityV2 } from "../../../../../provider/cluster";
import { keysOfAuthority, sharesKey } from "../../../../../provider/resources/trust/host-keys";

interface Keys {
  readonly ssh?: readonly string[];
  readonly tls?: readonly string[];
}

function keySet({ ssh = [], tls = [] }: Keys) {
  return {
    ssh: ssh.map((line) => ({ public_key: Buffer.from(line) })),
    tls: tls.map((pem) => ({ cert: Buffer.from(pem) })),
  };
}

function authority(active: Keys, additional: Keys = {}) {
  return CertAuthorityV2.fromPartial({
    spec: { active_keys: keySet(active), additional_trusted_keys: keySet(additional) },
  });
}

const pem = "-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n-----END CERTIFICATE-----\n";

const table: readonly (readonly [string, CertAuthorityV2 | undefined, CertAuthorityV2 | undefined, boolean])[] = [
  [
    "the same key with another comment",
    authority({ ssh: ["ssh-ed25519 AAAA a"] }),
    authority({ ssh: ["ssh-ed25519 AAAA\n"] }),
    true,
  ],
  ["another key", authority({ ssh: ["ssh-ed25519 AAAA a"] }), authority({ ssh: ["ssh-ed25519 BBBB a"] }), false],
  [
    "the same certificate, wrapped otherwise",
    authority({ tls: [pem] }),
    authority({ tls: [pem.replace("AAAA\n", "AAAA")] }),
    true,
  ],
  [
    "a key on its way in a rotation",
    authority({ ssh: ["ssh-ed25519 AAAA"] }),
    authority({ ssh: ["ssh-ed25519 NEW"] }, { ssh: ["ssh-ed25519 AAAA"] }),
    true,
  ],
  ["no keys at all", authority({}), authority({}), false],
  ["no authority", undefined, authority({ ssh: ["ssh-ed25519 AAAA"] }), false],
];

for (const [name, a, b, expected] of table) {
  test(`two authorities are ${expected ? "one" : "two"}: ${name}`, () => {
    assert.equal(sharesKey(keysOfAuthority(a), keysOfAuthority(b)), expected);
  });
}
