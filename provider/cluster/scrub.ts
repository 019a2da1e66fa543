const shown = "(secret)";

/** Teleport masks only the first three quarters of a token's name in this text; the rest goes too. */
const maskedToken = /provisioning token\([^)]*\)/g;

/**
 * Strikes secrets out of a text that came from outside, as they stand and as JSON and URLs write them.
 *
 * @param secrets what must not be seen; empty ones are passed over
 */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text.replace(maskedToken, "provisioning token");
  for (const secret of secrets) {
    if (secret === "") continue;
    const forms = new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
    for (const form of forms) clean = clean.replaceAll(form, shown);
  }
  return clean;
}
