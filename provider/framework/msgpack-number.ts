import { Decimal, numberFromDecimal, parseNumber } from "./decimal";
import type { MsgpackReader } from "./msgpack-reader";
import type { MsgpackWriter } from "./msgpack-writer";
import type { NumberValue } from "./value";
import { ValueError } from "./value-error";

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** Reads any form of a number; `undefined`, with nothing read, when something else comes. */
export function readNumber(reader: MsgpackReader): NumberValue | undefined {
  const tag = reader.peek();
  if (tag <= 0x7f) return reader.byte();
  if (tag >= 0xe0) return reader.byte() - 0x100;
  if (tag >= 0xca && tag <= 0xd3) {
    reader.byte();
    return readTagged(reader, tag);
  }
  const length = reader.textLength();
  if (length < 0) return undefined;
  return parseNumber(reader.text(length));
}

function readTagged(reader: MsgpackReader, tag: number): NumberValue {
  switch (tag) {
    case 0xca:
      return fromDouble(reader.take(4).readFloatBE(0));
    case 0xcb:
      return fromDouble(reader.take(8).readDoubleBE(0));
    case 0xcc:
      return reader.unsigned(1);
    case 0xcd:
      return reader.unsigned(2);
    case 0xce:
      return reader.unsigned(4);
    case 0xcf:
      return fromBigInt(reader.take(8).readBigUInt64BE(0));
    case 0xd0:
      return reader.take(1).readInt8(0);
    case 0xd1:
      return reader.take(2).readInt16BE(0);
    case 0xd2:
      return reader.take(4).readInt32BE(0);
    default:
      return fromBigInt(reader.take(8).readBigInt64BE(0));
  }
}

function fromDouble(value: number): NumberValue {
  // Terraform crashes on NaN and cannot store infinities.
  if (!Number.isFinite(value)) throw new ValueError(`${value} is no number for Terraform`);
  if (Number.isSafeInteger(value)) return value + 0;
  return Number.isInteger(value) ? Decimal.ofDouble(value) : value;
}

function fromBigInt(value: bigint): NumberValue {
  return numberFromDecimal(Decimal.of(value, 0));
}

/**
 * Writes a number as Terraform does: whole numbers of 64 bits as such, fractions that a float64 holds exactly as float64, all others as
 * decimal text.
 */
export function writeNumber(writer: MsgpackWriter, value: NumberValue): void {
  if (typeof value === "number") writeDouble(writer, value);
  else writeDecimal(writer, value);
}

function writeDecimal(writer: MsgpackWriter, value: Decimal): void {
  const whole = wholeInt64(value);
  if (whole === undefined) writer.string(value.toString());
  else writer.integer(whole);
}

function wholeInt64({ digits, exponent }: Decimal): bigint | undefined {
  if (exponent < 0 || exponent > 19) return undefined;
  const whole = digits * 10n ** BigInt(exponent);
  return whole >= INT64_MIN && whole <= INT64_MAX ? whole : undefined;
}

function writeDouble(writer: MsgpackWriter, value: number): void {
  if (!Number.isFinite(value)) throw new ValueError(`${value} is no number for Terraform`);
  if (Number.isSafeInteger(value)) {
    if (value >= -0x80000000 && value <= 0xffffffff) writer.smallInteger(value);
    else writer.integer(BigInt(value));
  } else if (Number.isInteger(value)) {
    writeDecimal(writer, Decimal.ofDouble(value));
  } else {
    writer.double(value);
  }
}
