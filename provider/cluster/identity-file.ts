/** What an identity file holds, as text; nothing is decoded or checked yet. */
export interface IdentityFile {
  /** PEM; a secret. */
  readonly privateKey: string | undefined;
  /** PEM. */
  readonly tlsCertificate: string | undefined;
  /** PEM, in the order of the file; several while an authority is rotated. */
  readonly tlsAuthorities: readonly string[];
  /** One line in authorized_keys form. */
  readonly sshCertificate: string | undefined;
  /** `@cert-authority …` lines. */
  readonly sshAuthorities: readonly string[];
}

/** The first word of an SSH certificate's line. */
const sshCertificateTypes = new Set([
  "ssh-rsa-cert-v01@openssh.com",
  "ssh-dss-cert-v01@openssh.com",
  "ecdsa-sha2-nistp256-cert-v01@openssh.com",
  "ecdsa-sha2-nistp384-cert-v01@openssh.com",
  "ecdsa-sha2-nistp521-cert-v01@openssh.com",
  "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
  "ssh-ed25519-cert-v01@openssh.com",
  "sk-ssh-ed25519-cert-v01@openssh.com",
]);

/**
 * Splits the text of an identity file (`tctl auth sign`, `tsh login --out`, Machine ID's `identity` output).
 *
 * Reads as Teleport does: the first PEM block is the private key, the second the TLS certificate, all later ones are
 * authorities; the last SSH certificate line wins; lines of any other kind are skipped.
 *
 * @throws SyntaxError `invalid PEM block (fragment)` when a block has no end, the only thing that the reader refuses
 */
export function parseIdentityFile(text: string): IdentityFile {
  const blocks: string[] = [];
  const sshAuthorities: string[] = [];
  let sshCertificate: string | undefined;
  let open: string[] | undefined;
  for (const raw of text.split("\n")) {
    const line = raw.trim();
    if (open === undefined && line.startsWith("-----BEGIN")) open = [];
    if (open !== undefined) {
      open.push(line);
      if (!line.startsWith("-----END")) continue;
      blocks.push(`${open.join("\n")}\n`);
      open = undefined;
    } else if (line.startsWith("@cert-authority")) {
      sshAuthorities.push(line);
    } else if (sshCertificateTypes.has(line.split(" ", 1)[0] ?? "")) {
      sshCertificate = line;
    }
  }
  if (open !== undefined) throw new SyntaxError("invalid PEM block (fragment)");
  const [privateKey, tlsCertificate, ...tlsAuthorities] = blocks;
  return { privateKey, tlsCertificate, tlsAuthorities, sshCertificate, sshAuthorities };
}
