/** Orders texts by their UTF-8 bytes, as Go does: differs from JavaScript's order where one has a character beyond U+FFFF. */
export function compareUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/** Halves of surrogate pairs sort behind every other UTF-16 unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

/** A text as Terraform holds all texts: in normal form C, with U+FFFD for what is no character. */
export function normalizeText(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return text.replace(LONE_SURROGATE, "\ufffd").normalize("NFC");
  }
  return text;
}
