import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";

import { normalizeRole } from "../../../../lab/access";
import { dumpCluster, teleportJson, tokenHash, zeroTime } from "../../../../lab/auth";
import { goDuration } from "../../../../lab/auth/go-duration";
import { CertAuthorityV2Schema } from "../../../../lab/gen/teleport/types/cert_authority_pb";
import { MetadataSchema } from "../../../../lab/gen/teleport/types/metadata_pb";
import { ProvisionTokenV2Schema } from "../../../../lab/gen/teleport/types/provision_token_pb";
import { RemoteClusterV3Schema } from "../../../../lab/gen/teleport/types/remote_cluster_pb";
import { CreateHostUserMode, RequireMFAType, RoleV6Schema } from "../../../../lab/gen/teleport/types/role_pb";
import { TrustedClusterV2Schema } from "../../../../lab/gen/teleport/types/trusted_cluster_pb";
import { UserV2Schema } from "../../../../lab/gen/teleport/types/user_pb";
import { ClusterStorage } from "../../../../lab/storage";
import { versionRules } from "../../../../lab/versions";
import { readVectors } from "../../../support/vectors";

test("durations are written as Go writes them, in every row of its vectors", () => {
  const { format } = readVectors<{ format: { ns: string; text: string }[] }>("go-duration");
  assert.ok(format.length > 50);
  const wrong = format.filter(({ ns, text }) => goDuration(BigInt(ns)) !== text);
  assert.deepEqual(wrong, []);
});

test("times are written as Go writes them, in every row of its vectors that JSON can hold", () => {
  const { format } = readVectors<{ format: { unix: number; nanos: number; utc: string }[] }>("go-time");
  const writable = format.filter(({ unix }) => unix >= -62135596800 && unix <= 253402300799);
  assert.ok(writable.length > 100);
  const wrong = writable.filter(({ unix, nanos, utc }) => {
    const metadata = create(MetadataSchema, { expires: { seconds: BigInt(unix), nanos } });
    return (teleportJson(MetadataSchema, metadata) as { expires: string }).expires !== utc;
  });
  assert.deepEqual(wrong, []);
});

test("a role in Teleport's own JSON", () => {
  const role = create(RoleV6Schema, {
    version: "v7",
    metadata: {
      name: "r",
      namespace: "default",
      labels: { b: "2", a: "1" },
      expires: { seconds: 0n, nanos: 1_500_000 },
    },
    spec: {
      options: {
        maxSessionTtl: 5_400_000_000_000n,
        sshFileCopy: { value: false },
        requireSessionMfa: RequireMFAType.REQUIRE_MFA_TYPE_SESSION,
        createHostUserMode: CreateHostUserMode.HOST_USER_MODE_KEEP,
        enhancedRecording: ["disk"],
      },
      allow: {
        logins: ["x"],
        nodeLabels: { values: { "*": { values: ["*"] } } },
        clusterLabels: { values: { env: { values: ["a", "b"] } } },
      },
    },
  });
  normalizeRole(role, versionRules("17"));
  assert.deepEqual(teleportJson(RoleV6Schema, role), {
    kind: "role",
    version: "v7",
    metadata: { name: "r", labels: { a: "1", b: "2" }, expires: "1970-01-01T00:00:00.0015Z" },
    spec: {
      options: {
        forward_agent: false,
        max_session_ttl: "1h30m0s",
        cert_format: "standard",
        enhanced_recording: ["disk"],
        record_session: { desktop: true, default: "best_effort" },
        desktop_clipboard: true,
        desktop_directory_sharing: true,
        ssh_file_copy: false,
        require_session_mfa: true,
        idp: { saml: { enabled: true } },
        create_desktop_user: false,
        create_db_user: false,
        create_host_user_mode: "keep",
      },
      allow: {
        logins: ["x"],
        namespaces: ["default"],
        node_labels: { "*": "*" },
        cluster_labels: { env: ["a", "b"] },
        kubernetes_resources: [{ kind: "*", namespace: "*", name: "*", verbs: ["*"] }],
      },
      deny: { namespaces: ["default"] },
    },
  });
});

test("traits are lists, even of one; bytes are base64", () => {
  const user = create(UserV2Schema, { spec: { traits: { values: { logins: { values: ["x"] } } } } });
  assert.deepEqual(teleportJson(UserV2Schema, user), { spec: { traits: { logins: ["x"] } } });
  const authority = create(CertAuthorityV2Schema, { spec: { activeKeys: { tls: [{ cert: Buffer.from("hi") }] } } });
  assert.deepEqual(teleportJson(CertAuthorityV2Schema, authority), {
    spec: { active_keys: { tls: [{ cert: "aGk=" }] } },
  });
});

test("a dump shows every object, and no token", () => {
  let revision = 0;
  const storage = new ClusterStorage({ now: () => 0, newRevision: () => `r${++revision}` });
  storage.upsert("token", create(ProvisionTokenV2Schema, { metadata: { name: "secret" }, spec: { roles: ["Node"] } }));
  const spec = { token: "secret", webProxyAddr: "a:1", tunnelAddr: "a:1" };
  storage.upsert("trusted_cluster", create(TrustedClusterV2Schema, { metadata: { name: "root" }, spec }));
  const status = { connection: "offline", lastHeartbeat: zeroTime() };
  storage.upsert("remote_cluster", create(RemoteClusterV3Schema, { metadata: { name: "leaf" }, status }));
  const dump = dumpCluster(storage);
  assert.ok(!JSON.stringify(dump).includes('"secret"'));
  assert.deepEqual(dump, {
    trusted_clusters: [
      {
        metadata: { name: "root", revision: "r2" },
        spec: { enabled: false, token: tokenHash("secret"), web_proxy_addr: "a:1", tunnel_addr: "a:1" },
      },
    ],
    remote_clusters: [
      {
        metadata: { name: "leaf", revision: "r3" },
        status: { connection: "offline", last_heartbeat: "0001-01-01T00:00:00Z" },
      },
    ],
    tokens: [{ metadata: { name: tokenHash("secret"), revision: "r1" }, spec: { roles: ["Node"], join_method: "" } }],
    roles: [],
    users: [],
  });
  assert.equal(storage.get("token", "secret")?.metadata?.name, "secret", "the stored object is untouched");
});
