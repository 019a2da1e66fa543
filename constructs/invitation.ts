import { Token } from "cdktf";
import type { Construct } from "constructs";

import { EphemeralVariable } from "./elements";

/** Names that a shell takes for environment variables. */
const variableName = /^[A-Za-z_]\w*$/;

/**
 * The invitation by which a leaf joins a root that somebody else runs: the token that the root's owner hands over, as a reference to
 * where it comes from. It is used once, when the leaf joins; later runs need none.
 */
export class Invitation {
  private constructor(
    /** The reference to the token's value. */
    readonly token: string,
  ) {}

  /**
   * The value of an ephemeral variable, which this makes: it is in no plan and no state, and later runs may leave it out. A pipeline
   * gives it as `TF_VAR_<name>`, from its secret store.
   *
   * @param scope anything in the stack of the leaf
   * @param name the variable's name
   * @throws Error when no environment variable can have such a name
   */
  static fromVariable(scope: Construct, name = "invitation"): Invitation {
    if (!variableName.test(name)) {
      throw new Error(
        `${JSON.stringify(name)} cannot be part of an environment variable's name. Use letters, digits and _.`,
      );
    }
    const description = "Invitation token of the root, needed only by the run in which the leaf joins.";
    return new Invitation(new EphemeralVariable(scope, name, description).stringValue);
  }

  /**
   * A value that is made or read elsewhere in this run, such as by an ephemeral resource of a secret store's provider. Of what is not
   * ephemeral, Terraform keeps the value in plan files.
   *
   * @param token a reference, never a literal
   * @throws Error when the text is a literal, as that would put the token into `cdk.tf.json`
   */
  static fromReference(token: string): Invitation {
    if (Token.isUnresolved(token)) return new Invitation(token);
    throw new Error(
      "The invitation is a literal text, which would end up in cdk.tf.json. Use Invitation.fromVariable, and give the token as an environment variable.",
    );
  }
}
