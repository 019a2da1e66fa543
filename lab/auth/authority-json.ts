import { fromJson } from "@bufbuild/protobuf";

import type { CertAuthorityV2 } from "../gen/teleport/types/cert_authority_pb";
import { CertAuthorityV2Schema } from "../gen/teleport/types/cert_authority_pb";
import { teleportJson } from "./teleport-json";

/** An authority as it stands in a handshake: base64 of its JSON. Private keys are left out, should there be any. */
export function encodeAuthority(authority: CertAuthorityV2): string {
  return Buffer.from(JSON.stringify(teleportJson(CertAuthorityV2Schema, withoutSecrets(authority)))).toString("base64");
}

/** Reads an authority of a handshake. @throws Error when it is none */
export function decodeAuthority(encoded: string): CertAuthorityV2 {
  const json = JSON.parse(Buffer.from(encoded, "base64").toString("utf8")) as { spec?: { rotation?: unknown } };
  // The state of a rotation is no part of a trust, and its durations are Go's texts.
  if (typeof json === "object" && json !== null && json.spec !== undefined) delete json.spec.rotation;
  return fromJson(CertAuthorityV2Schema, json as never, { ignoreUnknownFields: true });
}

function withoutSecrets(authority: CertAuthorityV2): CertAuthorityV2 {
  const { activeKeys, additionalTrustedKeys } = authority.spec ?? {};
  for (const keys of [activeKeys, additionalTrustedKeys]) {
    for (const pair of keys?.ssh ?? []) pair.privateKey = new Uint8Array();
    for (const pair of keys?.tls ?? []) pair.key = new Uint8Array();
    for (const pair of keys?.jwt ?? []) pair.privateKey = new Uint8Array();
  }
  return authority;
}
