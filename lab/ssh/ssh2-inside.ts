/**
 * The only file that knows ssh2's inside (its version is pinned exactly; the tests let real OpenSSH judge the result).
 *
 * ssh2 carries out key exchange, encryption and re-keying. What it cannot do, and Teleport needs, is done around it:
 * - It cannot present or verify host certificates: it would put the certificate's type where the signature's belongs,
 *   and it cannot parse a certificate as a key. `signingHostKey` and `useKeyInsideCertificate` correct both, at the one
 *   moment at which ssh2 hands out the data.
 * - It answers unknown channel types and requests by itself. So packets behind the transport layer never reach it:
 *   authentication and channels are ours (`user-auth-*.ts`, `connection.ts`).
 * - Its `server-sig-algs` misses a comma, so that RSA keys sign with the weaker hash: the list is sent from here.
 */
import { certificateSuffix, type SshCertificate } from "./certificate";
import { type HostKeyOffer, withoutCertificate } from "./host-key";
import type { SshPublicKey } from "./public-key";
import type { SshSignatureAlgorithm } from "./signature";

/** The part of ssh2's key exchange that is read and changed here. */
interface KeyExchange {
  readonly negotiated: { serverHostKey: string };
  readonly sessionID: Buffer;
  remoteExtInfoEnabled: boolean;
  _hostKey: Buffer | undefined;
  _sig: Buffer | undefined;
}

/** The part of ssh2's Protocol that is used here. */
interface Protocol {
  readonly _kex: KeyExchange;
  readonly _packetRW: {
    readonly write: {
      readonly allocStart: number;
      alloc(payloadLength: number): Buffer;
      finalize(packet: Buffer): Buffer;
    };
  };
  _onPayload: (payload: Buffer) => unknown;
  start(): void;
  parse(chunk: Buffer, offset: number, length: number): void;
  rekey(): void;
  cleanup(): void;
}

interface ProtocolConfig {
  readonly server: boolean;
  readonly ident: string;
  readonly offer: object;
  readonly hostKeys?: Readonly<Record<string, object>>;
  readonly hostVerifier?: (hostKey: Buffer) => boolean;
  readonly onWrite: (data: Buffer) => void;
  readonly onError: (error: Error) => void;
  readonly onHandshakeComplete: () => void;
  readonly messageHandlers: { readonly DISCONNECT: (self: unknown, reason: number, description: string) => void };
}

const ProtocolClass: new (config: ProtocolConfig) => Protocol = require("ssh2/lib/protocol/Protocol.js");
const { sendPacket }: { sendPacket(protocol: Protocol, packet: Buffer): void } = require("ssh2/lib/protocol/utils.js");

const messageKexInit = 20;
const lastTransportMessage = 4;
const lastKeyExchangeMessage = 49;

/** OpenSSH and Go agree on these; weaker ones are not offered. */
const ciphers = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes256-ctr", "aes128-ctr"];
const macs = ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"];
const direction = { cipher: ciphers, mac: macs, compress: ["none"], lang: [] };
const keyExchanges = [
  "curve25519-sha256",
  "curve25519-sha256@libssh.org",
  "ecdh-sha2-nistp256",
  "ecdh-sha2-nistp384",
  "diffie-hellman-group14-sha256",
];

/** How the packets of one connection come and go. */
export interface PacketLayer {
  /** Identifies the connection; what a signature in user authentication covers. */
  readonly sessionId: () => Buffer;
  readonly start: () => void;
  /** Takes bytes from the network. Throws what ssh2 or a callback throws. */
  readonly receive: (bytes: Buffer) => void;
  /** Encrypts one message and hands it to `write`; during a key exchange it waits. */
  readonly send: (payload: Buffer) => void;
  /** Changes the keys. */
  readonly rekey: () => void;
  readonly free: () => void;
}

/** What a packet layer tells its owner. */
export interface PacketLayerCallbacks {
  readonly write: (bytes: Buffer) => void;
  /** One message of user authentication or of the connection. */
  readonly packet: (payload: Buffer) => void;
  /** The first key exchange, or a later one, is over. */
  readonly handshaken: () => void;
  readonly disconnected: (reason: number, description: string) => void;
  readonly error: (error: Error) => void;
}

/** The name that our servers and clients give themselves, as Teleport's do. */
const softwareVersion = "Teleport";

/**
 * A server's packet layer.
 *
 * @param sign the algorithm's own signature bytes of `data` (for ECDSA the two numbers), by the host's private key
 */
export function createServerLayer(
  offers: readonly HostKeyOffer[],
  sign: (data: Buffer, algorithm: SshSignatureAlgorithm) => Buffer,
  callbacks: PacketLayerCallbacks,
  extensionInfo: () => Buffer,
): PacketLayer {
  let clientTakesExtensions = false;
  let handshakes = 0;
  /** A key object as ssh2 wants one. Called once a key exchange, right before the signature's type is written. */
  const signingHostKey = ({ blob }: HostKeyOffer) => ({
    type: "signed here",
    getPublicSSH: () => blob,
    sign: (data: Buffer) => {
      const kex = protocol._kex;
      const algorithm = withoutCertificate(kex.negotiated.serverHostKey);
      kex.negotiated.serverHostKey = algorithm;
      clientTakesExtensions ||= kex.remoteExtInfoEnabled;
      kex.remoteExtInfoEnabled = false;
      return sign(data, algorithm as SshSignatureAlgorithm);
    },
  });
  const protocol: Protocol = new ProtocolClass({
    ...commonConfig(callbacks),
    server: true,
    offer: offerOf(offers.map(({ algorithm }) => algorithm)),
    hostKeys: Object.fromEntries(offers.map((offer) => [offer.algorithm, signingHostKey(offer)])),
    onHandshakeComplete: () => {
      handshakes += 1;
      // RFC 8308 §2.4: the first message behind the first key exchange, or never.
      if (handshakes === 1 && clientTakesExtensions) layer.send(extensionInfo());
      callbacks.handshaken();
    },
  });
  const layer = layerOf(protocol, callbacks);
  return layer;
}

/**
 * A client's packet layer.
 *
 * @param verify looks at what the server presents and answers with the key that has to have signed the key exchange;
 *   throws to refuse it
 */
export function createClientLayer(
  algorithms: readonly string[],
  verify: (blob: Buffer) => SshPublicKey | SshCertificate,
  callbacks: PacketLayerCallbacks,
): PacketLayer {
  let refusal: Error | undefined;
  const protocol: Protocol = new ProtocolClass({
    ...commonConfig(callbacks),
    // ssh2 tells the server that it was refused, then reports that in its own words; the reason is ours.
    onError: (error) => callbacks.error(refusal ?? error),
    server: false,
    offer: offerOf(algorithms),
    hostVerifier: (blob) => {
      try {
        const verified = verify(Buffer.from(blob));
        protocol._kex.negotiated.serverHostKey = signatureAlgorithm;
        if ("publicKey" in verified) useKeyInsideCertificate(protocol._kex, verified.publicKey);
        return true;
      } catch (error) {
        refusal = error as Error;
        return false;
      }
    },
    onHandshakeComplete: callbacks.handshaken,
  });
  let signatureAlgorithm = "";
  onKeyExchange(protocol, ({ negotiated }) => {
    signatureAlgorithm = withoutCertificate(negotiated.serverHostKey);
    // ssh2 compares what was negotiated with the type of the blob, and knows that they differ for plain RSA keys only.
    const isRsaCertificate = /^rsa-sha2-\d+-cert-/.test(negotiated.serverHostKey);
    if (isRsaCertificate) negotiated.serverHostKey = `ssh-rsa${certificateSuffix}`;
  });
  return layerOf(protocol, callbacks);
}

/** Calls `began` with each key exchange when its algorithms are chosen. */
function onKeyExchange(protocol: Protocol, began: (kex: KeyExchange) => void): void {
  let current: KeyExchange | undefined;
  Object.defineProperty(protocol, "_kex", {
    get: () => current,
    set: (kex: KeyExchange) => {
      current = kex;
      began(kex);
    },
  });
}

/**
 * Lets ssh2 verify the key exchange by the key inside of a certificate.
 *
 * The exchange hash is over the whole certificate, the signature by the key in it. ssh2 reads `_hostKey` for both, and
 * `_sig` in between: so the first read of `_sig` is the moment to change the one for the other.
 */
function useKeyInsideCertificate(kex: KeyExchange, key: SshPublicKey): void {
  let signature = kex._sig;
  Object.defineProperty(kex, "_sig", {
    get: () => {
      if (kex._hostKey !== undefined) kex._hostKey = key.blob;
      return signature;
    },
    set: (value: Buffer | undefined) => {
      signature = value;
    },
  });
}

function commonConfig(callbacks: PacketLayerCallbacks) {
  return {
    ident: softwareVersion,
    onWrite: callbacks.write,
    onError: callbacks.error,
    messageHandlers: {
      DISCONNECT: (_self: unknown, reason: number, description: string) => callbacks.disconnected(reason, description),
    },
  };
}

function offerOf(serverHostKey: readonly string[]): object {
  return { kex: [...keyExchanges], serverHostKey: [...serverHostKey], cs: direction, sc: direction };
}

function layerOf(protocol: Protocol, callbacks: PacketLayerCallbacks): PacketLayer {
  const ssh2OnPayload = protocol._onPayload;
  // Set before the first key exchange; ssh2 takes it from here for each new set of keys.
  protocol._onPayload = (payload) => {
    const type = payload[0];
    if (type === undefined) return undefined;
    if (type <= lastTransportMessage || (type >= messageKexInit && type <= lastKeyExchangeMessage)) {
      return ssh2OnPayload(payload);
    }
    // ssh2 uses the memory of a packet again.
    callbacks.packet(Buffer.from(payload));
    return undefined;
  };
  return {
    sessionId: () => protocol._kex.sessionID,
    start: () => protocol.start(),
    receive: (bytes) => protocol.parse(bytes, 0, bytes.length),
    send: (payload) => {
      const writer = protocol._packetRW.write;
      const packet = writer.alloc(payload.length);
      packet.set(payload, writer.allocStart);
      sendPacket(protocol, writer.finalize(packet));
    },
    rekey: () => protocol.rekey(),
    free: () => protocol.cleanup(),
  };
}
