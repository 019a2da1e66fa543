/** What a client asks for in the first message of a TLS connection (RFC 8446 §4.1.2). */
export interface ClientHello {
  /** Server name, when one is sent. */
  readonly serverName: string | undefined;
  /** Application protocols, in the client's order. */
  readonly protocols: readonly string[];
}

/** More bytes than any honest ClientHello has; a record alone may hold 2^14. */
export const maxClientHelloBytes = 64 * 1024;

const recordHeaderBytes = 5;
const handshakeRecord = 22;
const clientHelloMessage = 1;
const serverNameExtension = 0;
const protocolsExtension = 16;

/**
 * Reads the ClientHello at the start of a connection, without ending TLS.
 *
 * @param bytes everything that came so far
 * @returns `undefined` while more bytes are needed
 * @throws Error when it is not TLS, or not well formed
 */
export function parseClientHello(bytes: Buffer): ClientHello | undefined {
  const message = handshakeMessage(bytes);
  if (message === undefined) return undefined;
  const reader = new Reader(message);
  reader.skip(2 + 32); // legacy version, random
  reader.vector(1); // session id
  reader.vector(2); // cipher suites
  reader.vector(1); // compression methods
  // TLS before 1.3 may end here.
  return reader.atEnd ? { serverName: undefined, protocols: [] } : parseExtensions(reader.vector(2));
}

/** The first handshake message, put together from its records; what follows it does not matter. */
function handshakeMessage(bytes: Buffer): Buffer | undefined {
  let message = Buffer.alloc(0);
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== handshakeRecord) throw new Error("not a TLS handshake");
    if (bytes.length < at + recordHeaderBytes) return undefined;
    const end = at + recordHeaderBytes + bytes.readUInt16BE(at + 3);
    if (end === at + recordHeaderBytes) throw new Error("empty TLS handshake record");
    message = Buffer.concat([message, bytes.subarray(at + recordHeaderBytes, end)]);
    const content = messageContent(message);
    if (content !== undefined) return content;
    at = end;
  }
  return undefined;
}

/** What stands behind type and length of a handshake message; `undefined` while it is not complete. */
function messageContent(message: Buffer): Buffer | undefined {
  if (message.length > 0 && message[0] !== clientHelloMessage) throw new Error("not a ClientHello");
  if (message.length < 4) return undefined;
  const end = 4 + message.readUIntBE(1, 3);
  if (end > maxClientHelloBytes) throw new Error("ClientHello is too long");
  return message.length < end ? undefined : message.subarray(4, end);
}

function parseExtensions(extensions: Reader): ClientHello {
  let serverName: string | undefined;
  let protocols: string[] = [];
  while (!extensions.atEnd) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (type === serverNameExtension) serverName = parseServerName(content);
    if (type === protocolsExtension) protocols = parseProtocols(content);
  }
  return { serverName, protocols };
}

function parseServerName(content: Reader): string | undefined {
  const list = content.vector(2);
  while (!list.atEnd) {
    const type = list.number(1);
    const name = list.vector(2);
    if (type === 0) return name.text();
  }
  return undefined;
}

function parseProtocols(content: Reader): string[] {
  const list = content.vector(2);
  const protocols: string[] = [];
  while (!list.atEnd) protocols.push(list.vector(1).text());
  return protocols;
}

/** Reads what lies within; each read throws when there is too little. */
class Reader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get atEnd(): boolean {
    return this.#at === this.bytes.length;
  }

  skip(count: number): void {
    this.#take(count);
  }

  number(size: number): number {
    return this.#take(size).readUIntBE(0, size);
  }

  /** What stands behind a length of `size` bytes. */
  vector(size: number): Reader {
    return new Reader(this.#take(this.number(size)));
  }

  text(): string {
    return this.bytes.toString("latin1");
  }

  #take(count: number): Buffer {
    if (this.#at + count > this.bytes.length) throw new Error("ClientHello is cut short");
    this.#at += count;
    return this.bytes.subarray(this.#at - count, this.#at);
  }
}
