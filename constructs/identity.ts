import { resolve } from "node:path";

import { Token } from "cdktf";

/** The part of a connection that says who connects; the names are those of the provider's arguments. */
export interface IdentityArguments {
  readonly identity_file_path?: string;
  readonly identity_file?: string;
  readonly identity_file_base64?: string;
  readonly cert_path?: string;
  readonly key_path?: string;
  readonly root_ca_path?: string;
  readonly profile_name?: string;
  readonly profile_dir?: string;
}

/**
 * Who applies: the identity with which the provider connects to a cluster.
 *
 * Use the identity of a bot, not of a person: clusters ask people for a second factor before each change.
 */
export class Identity {
  private constructor(
    /** The provider's arguments for this identity. */
    readonly connectionArguments: IdentityArguments,
  ) {}

  /**
   * An identity file, as `tbot` and `tctl auth sign` write it.
   *
   * @param path relative to the folder in which the program runs; Terraform gets it absolute, as it runs elsewhere
   */
  static fromFile(path: string): Identity {
    return new Identity({ identity_file_path: absolute(path) });
  }

  /**
   * An identity that is made elsewhere in this run or comes in as a variable.
   *
   * @param content the text of an identity file: a reference, never a literal
   * @throws Error when the text is a literal, as that would put a private key into `cdk.tf.json`
   */
  static fromContent(content: string): Identity {
    return new Identity({ identity_file: reference(content) });
  }

  /**
   * The same as {@link Identity.fromContent}, in base64, as CI systems keep it.
   *
   * @throws Error when the text is a literal
   */
  static fromBase64(content: string): Identity {
    return new Identity({ identity_file_base64: reference(content) });
  }

  /** A certificate, its key and the cluster's CA, as `tctl auth sign --format=tls` writes them. Reaches the Auth Service only. */
  static fromKeyPair(files: { readonly cert: string; readonly key: string; readonly ca: string }): Identity {
    return new Identity({
      cert_path: absolute(files.cert),
      key_path: absolute(files.key),
      root_ca_path: absolute(files.ca),
    });
  }

  /**
   * What `tsh login` left in its profile folder.
   *
   * @param name the profile's name, which is the proxy's host
   * @param dir the profile folder; `~/.tsh` when left out
   */
  static fromProfile(name: string, dir?: string): Identity {
    return new Identity({ profile_name: name, ...(dir === undefined ? {} : { profile_dir: absolute(dir) }) });
  }
}

function absolute(path: string): string {
  return Token.isUnresolved(path) ? path : resolve(path);
}

function reference(content: string): string {
  if (Token.isUnresolved(content)) return content;
  throw new Error(
    "The content of an identity file is a literal text, which would end up in cdk.tf.json. Use Identity.fromFile, or a sensitive TerraformVariable.",
  );
}
