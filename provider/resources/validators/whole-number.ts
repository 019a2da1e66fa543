import { Decimal, type Validator } from "../../framework";
import { invalid } from "./invalid";

function isWhole(value: number | Decimal, bits: 32 | 64): boolean {
  const text = value instanceof Decimal ? value.toString() : String(value);
  if (!/^-?\d+$/.test(text)) return false;
  const whole = BigInt(text);
  return BigInt.asIntN(bits, whole) === whole;
}

/** A whole number that fits into a signed integer of so many bits. */
export function wholeNumberValidator(bits: 32 | 64): Validator {
  return (value) => {
    if (isWhole(value as number | Decimal, bits)) return [];
    return [
      invalid(
        `${String(value)} is not a whole number of ${bits} bits`,
        "Write a number without a fraction, such as 5.",
      ),
    ];
  };
}
