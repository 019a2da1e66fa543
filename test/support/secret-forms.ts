import { createPrivateKey } from "node:crypto";

/** A text, or bytes that are none, that must not be found anywhere, and what to call it. */
export interface NamedSecret {
  readonly name: string;
  readonly value: string | Buffer;
}

/** Bytes that somebody could read, and where. */
export interface Place {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Base64 of these bytes wherever they stand in a longer text: without the characters that neighbours share. */
function base64At(bytes: Buffer, offset: 0 | 1 | 2): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  const [first, last] = [Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6)];
  return whole.slice(first, last);
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As Go's JSON writes it, for HTML's sake. */
function htmlEscaped(text: string): string {
  return escaped(text).replace(/[<>&]/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`);
}

function textForms(text: string): [form: string, written: string][] {
  return [
    ["JSON", escaped(text)],
    ["JSON for HTML", htmlEscaped(text)],
    ["URL", encodeURIComponent(text)],
  ];
}

/**
 * The ways in which a secret is likely to be written by somebody who did not mean to show it, by name: as it stands, base64 (both alphabets, wherever it
 * begins), hexadecimal, JSON, URL, and bytes as Go and Node print them.
 */
export function formsOf(value: string | Buffer): ReadonlyMap<string, string | Buffer> {
  const bytes = Buffer.from(value as string);
  const hex = bytes.toString("hex");
  const forms: [string, string | Buffer][] = [
    ["as it stands", value],
    ["hex", hex],
    ["HEX", hex.toUpperCase()],
    ["spaced hex", (hex.match(/../g) ?? []).join(" ")],
    ["Go's bytes", [...bytes].join(" ")],
    ["JSON's bytes", [...bytes].join(",")],
    ...(typeof value === "string" ? textForms(value) : []),
  ];
  for (const offset of [0, 1, 2] as const) {
    const base64 = base64At(bytes, offset);
    forms.push(
      [`base64 at ${offset}`, base64],
      [`URL's base64 at ${offset}`, base64.replaceAll("+", "-").replaceAll("/", "_")],
    );
  }
  return new Map(forms);
}

/** Each place where one of the secrets stands in one of its forms, as `<secret>, <form>, in <place>`. */
export function findSecrets(secrets: readonly NamedSecret[], places: readonly Place[]): string[] {
  return secrets.flatMap(({ name, value }) => {
    // A form that is another one's text (a token of letters is its own JSON) says nothing more.
    const written = new Map([...formsOf(value)].reverse().map(([form, text]) => [text, form]));
    return [...written].flatMap(([text, form]) => {
      const needle = Buffer.from(text as string);
      return places.filter(({ bytes }) => bytes.includes(needle)).map((place) => `${name}, ${form}, in ${place.name}`);
    });
  });
}

/** A private key's number, and the lines of its PEM that hold it: the later ones of a short key are public. */
export function keySecrets(name: string, pem: string): NamedSecret[] {
  const { d = "" } = createPrivateKey(pem).export({ format: "jwk" });
  const lines = pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  return [
    { name: `${name}, its number`, value: Buffer.from(d, "base64url") },
    ...lines.slice(0, 2).map((value, index) => ({ name: `${name}, line ${index + 1}`, value })),
  ];
}
