import type { InternalTrait } from "../trust";

/** Names that a template takes without quotes. */
const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What a cluster knows of a user, for the texts of a role: `logins: [Trait.internal("logins")]`. The cluster puts the values in when the
 * user acts; a text whose trait the user lacks gives nothing. A trait is a text, and can be part of a longer one:
 * `${Trait.external("team")}-admin`.
 *
 * A leaf fills them in from what the root's certificate says. `logins` are the ones that the root's roles allowed.
 */
export class Trait {
  /** One that Teleport defines. */
  static internal(name: InternalTrait): string {
    return `{{internal.${name}}}`;
  }

  /**
   * One of any name, such as an OIDC claim or a SAML attribute that the identity provider sent.
   *
   * @throws Error when the name is empty or holds a quote, a brace, a backslash or a line break, for which templates have no form
   */
  static external(name: string): string {
    if (name === "" || /["{}\\\r\n]/.test(name)) {
      throw new Error(`${JSON.stringify(name)} cannot be the name of a trait in a role. Rename the attribute.`);
    }
    return plainName.test(name) ? `{{external.${name}}}` : `{{external["${name}"]}}`;
  }

  private constructor() {}
}
