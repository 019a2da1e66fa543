import type { ValueBytes } from "../framework";
import type { DynamicValue } from "./gen/tfplugin6/tfplugin6";

const none = new Uint8Array(0);

/**
 * The msgpack bytes of a value that the host sent; a missing value is empty bytes, which mean null.
 *
 * @throws Error when it came as JSON, which no host does
 */
export function bytesOf(value: DynamicValue | undefined): ValueBytes {
  if (value === undefined) return none;
  if (value.msgpack.length === 0 && value.json.length > 0)
    throw new Error("protocol error: a value came as JSON, not msgpack");
  return value.msgpack;
}

/**
 * A value for the host.
 *
 * @throws Error when there are no bytes: the host would read "null", and an object that is there as one that is gone
 */
export function dynamicValue(bytes: ValueBytes): DynamicValue {
  if (bytes.length === 0) throw new Error("a value to be sent has no bytes");
  return { msgpack: bufferOf(bytes), json: Buffer.alloc(0) };
}

/** The same bytes as a Buffer, which the codecs want; not a copy. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
