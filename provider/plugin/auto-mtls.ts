import { timingSafeEqual } from "node:crypto";
import type { SecureServerOptions } from "node:http2";
import type { TLSSocket } from "node:tls";

import { certificateFromPem, certificatePem, type SelfSigned } from "./certificate";

/** The TLS of one process: our certificate, made for it, and the one client that may come. */
export interface AutoMtls {
  readonly serverOptions: SecureServerOptions;
  /** Field 6 of the handshake line: base64 without padding, which the host refuses. */
  readonly certificateField: string;
  /** Whether the peer holds the very certificate that the host announced. Same subject, same key, same issuer do not count. */
  isHost(socket: Pick<TLSSocket, "getPeerCertificate">): boolean;
}

/**
 * Mutual TLS as go-plugin has it.
 *
 * The client's certificate is compared byte for byte; that its key is held is proved by the TLS handshake. Chains are not
 * looked at (`rejectUnauthorized: false`), and the empty `ca` keeps Node from parsing its 145 built-in roots, 25 ms a start.
 *
 * @param clientCertificate PEM, from `PLUGIN_CLIENT_CERT`
 * @throws Error when it is no PEM
 */
export function createAutoMtls(clientCertificate: string, own: SelfSigned): AutoMtls {
  const expected = certificateFromPem(clientCertificate);
  return {
    serverOptions: {
      key: own.privateKey.export({ type: "sec1", format: "pem" }),
      cert: certificatePem(own.certificate),
      ca: [],
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
    },
    certificateField: own.certificate.toString("base64").replace(/=+$/, ""),
    isHost: (socket) => {
      const { raw } = socket.getPeerCertificate(false) as { raw?: Buffer };
      return raw !== undefined && raw.length === expected.length && timingSafeEqual(raw, expected);
    },
  };
}
