import { FunctionArgumentError } from "../framework";

/**
 * The certificates in a text, each as PEM, in its order. Whatever else is in it, such as a private key, is passed over.
 *
 * @throws FunctionArgumentError for the first argument when there is none
 */
export function certificatesIn(text: string): [first: string, ...rest: string[]] {
  const [first, ...rest] = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (first !== undefined) return [first, ...rest];
  // The text is not quoted: it may be a key.
  throw new FunctionArgumentError(
    0,
    "the text holds no certificate. Give PEM with `-----BEGIN CERTIFICATE-----` in it, such as file(…) of an identity file.",
  );
}

/**
 * What `read` makes of a certificate.
 *
 * @throws FunctionArgumentError for the first argument when it cannot be read
 */
export function readCertificate<T>(pem: string, read: (pem: string) => T): T {
  try {
    return read(pem);
  } catch {
    throw new FunctionArgumentError(0, "the certificate cannot be decoded. Give it as it was issued, in PEM.");
  }
}
