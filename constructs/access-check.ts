import type { ITerraformDependable, TerraformDataSource } from "cdktf";
import { Construct } from "constructs";

import type { Cluster } from "./cluster";
import { CheckBlock, expressionText } from "./elements";
import { DataTeleportNodes, DataTeleportRoleMapping } from "./generated";
import { literal, literals } from "./text";

/** What shall be true of a trust. */
export interface AccessCheckProps {
  /** Host name of a node of the leaf. */
  readonly node: string;
  /** A login that users of the root are to have on the leaf. */
  readonly login: string;
  /**
   * Roles of the root that the users hold.
   *
   * @default the roles that the role map names without patterns
   */
  readonly roles?: readonly string[];
}

/**
 * Checks after each apply, and in each plan, that users of the root reach a node of the leaf: the leaf's stored role map gives them a
 * role that allows the login, and the node is there. What is not so is a warning that says why.
 */
export class AccessCheck extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: AccessCheckProps & {
      readonly leaf: Cluster;
      readonly roles: readonly string[];
      readonly after: ITerraformDependable;
    },
  ) {
    super(scope, id);
    // Not nested in the check: Terraform plans to read nested data in every run, so that no plan would ever be empty.
    const place = { ...props.leaf.connect(this), dependsOn: [props.after] };
    const users = new DataTeleportRoleMapping(this, "Users", { ...place, roles: literals(props.roles) });
    const mapping = addressOf(users);
    const nodes = addressOf(new DataTeleportNodes(this, "Nodes", place));
    new CheckBlock(this, "Check", [
      {
        condition: `${mapping}.enabled && contains(${mapping}.logins, ${expressionText(props.login)})`,
        message: `Users of the root with ${literal(props.roles.join(", "))} cannot log in as ${literal(props.login)}: on the leaf they hold \${jsonencode(${mapping}.local_roles)}, which allow \${jsonencode(${mapping}.logins)}.`,
      },
      {
        condition: `contains(${nodes}.nodes[*].hostname, ${expressionText(props.node)})`,
        message: `The leaf has no node ${literal(props.node)} that the applying identity sees; it sees \${jsonencode(${nodes}.nodes[*].hostname)}.`,
      },
    ]);
  }
}

function addressOf({ terraformResourceType, friendlyUniqueId }: TerraformDataSource): string {
  return `data.${terraformResourceType}.${friendlyUniqueId}`;
}
