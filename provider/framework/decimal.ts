/** More digits than this, written out, are refused: no real number has them, and a short text such as `1e999999999` would fill the memory. */
const MAX_DIGITS = 20_000;

/** Decimal text as Go's `big.Float` reads it, without `_`, hexadecimal and infinities. */
const DECIMAL_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eEp])([+-]?\d{1,9}))?$/;

/**
 * A number that a JS number does not hold exactly: a whole number beyond 2^53, or a decimal fraction such as 0.1.
 *
 * Always in lowest terms (`digits` ends in no zero, unless the number is 0), so equal numbers have equal members.
 */
export class Decimal {
  private constructor(
    /** All digits, with the sign. */
    readonly digits: bigint,
    /** The power of ten that `digits` are multiplied by. */
    readonly exponent: number,
  ) {}

  /** The exact number that a text says, or `undefined` when the text says none (or one with more than 20000 digits). */
  static parse(text: string): Decimal | undefined {
    const match = DECIMAL_TEXT.exec(text);
    if (match === null) return undefined;
    const [, sign, whole = "", fraction = "", kind, power = "0"] = match;
    if (whole === "" && fraction === "") return undefined;
    const exponent = Number(power);
    if (text.length > MAX_DIGITS || Math.abs(exponent) > MAX_DIGITS) return undefined;
    const unsigned = BigInt(whole + fraction);
    const digits = sign === "-" ? -unsigned : unsigned;
    if (kind === "p") return timesPowerOfTwo(digits, exponent, fraction.length);
    return Decimal.of(digits, exponent - fraction.length);
  }

  /** `digits` × 10^`exponent`. */
  static of(digits: bigint, exponent: number): Decimal {
    if (digits === 0n) return new Decimal(0n, 0);
    while (digits % 10n === 0n) {
      digits /= 10n;
      exponent++;
    }
    return new Decimal(digits, exponent);
  }

  /** The exact value of a finite JS number, all binary digits written out. */
  static ofDouble(value: number): Decimal {
    if (Number.isInteger(value)) return Decimal.of(BigInt(value), 0);
    let halvings = 0;
    let scaled = value;
    // Doubling a double is exact, so this ends at a whole number after at most 1074 steps.
    while (!Number.isInteger(scaled)) {
      scaled *= 2;
      halvings++;
    }
    return timesPowerOfTwo(BigInt(scaled), -halvings, 0);
  }

  /** Plain decimal notation, without exponent, zeros at the end or a sign for zero: the text that Terraform compares. */
  toString(): string {
    const text = (this.digits < 0n ? -this.digits : this.digits).toString();
    const sign = this.digits < 0n ? "-" : "";
    if (this.exponent >= 0) return sign + text + "0".repeat(this.exponent);
    const point = text.length + this.exponent;
    if (point > 0) return `${sign}${text.slice(0, point)}.${text.slice(point)}`;
    return `${sign}0.${"0".repeat(-point)}${text}`;
  }

  equals(other: Decimal): boolean {
    return this.digits === other.digits && this.exponent === other.exponent;
  }

  /** Below, equal or above: negative, 0 or positive. */
  compare(other: Decimal): number {
    const common = Math.min(this.exponent, other.exponent);
    const left = this.digits * 10n ** BigInt(this.exponent - common);
    const right = other.digits * 10n ** BigInt(other.exponent - common);
    return left < right ? -1 : left > right ? 1 : 0;
  }

  /** The nearest JS number; whoever calls this accepts the loss. */
  toNumber(): number {
    return Number(`${this.digits}e${this.exponent}`);
  }
}

function timesPowerOfTwo(digits: bigint, power: number, fractionDigits: number): Decimal {
  // 2^-n is 5^n × 10^-n, so every binary fraction is a decimal fraction.
  if (power >= 0) return Decimal.of(digits * 2n ** BigInt(power), -fractionDigits);
  return Decimal.of(digits * 5n ** BigInt(-power), power - fractionDigits);
}

/** A number as values hold it: a JS number where that is exact and prints all its digits, else a {@link Decimal}. */
export function numberFromDecimal(decimal: Decimal): number | Decimal {
  const nearest = decimal.toNumber();
  if (!Number.isFinite(nearest)) return decimal;
  if (Number.isInteger(nearest) && !Number.isSafeInteger(nearest)) return decimal;
  return Decimal.ofDouble(nearest).equals(decimal) ? nearest : decimal;
}

/** A number from its decimal text; `undefined` when it is none. */
export function parseNumber(text: string): number | Decimal | undefined {
  if (/^(?:0|-?[1-9]\d{0,14})$/.test(text)) return Number(text);
  const decimal = Decimal.parse(text);
  return decimal && numberFromDecimal(decimal);
}

/** Orders two numbers; equal exactly when Terraform says so, so 0.1 is 0.1 in both forms. */
export function compareNumbers(left: number | Decimal, right: number | Decimal): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return asDecimal(left).compare(asDecimal(right));
}

function asDecimal(value: number | Decimal): Decimal {
  return typeof value === "number" ? (Decimal.parse(String(value)) as Decimal) : value;
}

/** The shortest decimal text that says the number, as Terraform compares numbers. */
export function numberText(value: number | Decimal): string {
  if (typeof value !== "number") return value.toString();
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
  // The shortest text of a double ("0.1") may have an exponent; Decimal writes it out.
  return asDecimal(value).toString();
}
