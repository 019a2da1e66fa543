/** Text as `grpc-message` carries it: printable ASCII as it is, everything else and `%` as the bytes of its UTF-8. */
export function percentEncode(text: string): string {
  return text.replace(/[^ -$&-~]+/gu, (run) =>
    [...Buffer.from(run, "utf8")].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}

/** The text of a `grpc-message`. Never throws: what is no encoding stays as it is, as the specification asks. */
export function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
}
