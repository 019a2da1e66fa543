import type { ITerraformDependable, TerraformDataSource } from "cdktf";
import { Construct } from "constructs";

import type { Cluster } from "./cluster";
import { CheckBlock, expressionText } from "./elements";
import { DataTeleportNodes, DataTeleportRoleMapping } from "./generated";
import type { RoleMap } from "./role-map";
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

/** The trust that a check is about. */
export interface CheckedTrust {
  readonly leaf: Cluster;
  /** The root's real name: the leaf may trust others, too. */
  readonly rootName: string;
  readonly roleMap: RoleMap;
  /** The resource that makes the trust. */
  readonly resource: ITerraformDependable;
}

/**
 * Checks after each apply, and in each plan, that users of the root reach a node of the leaf: the leaf's stored role map gives them a
 * role that allows the login, and the node is there. What is not so is a warning that says why.
 */
export class AccessCheck extends Construct {
  /** @throws Error when the role map names no role without a pattern and no roles are given */
  constructor(scope: Construct, id: string, props: AccessCheckProps & CheckedTrust) {
    super(scope, id);
    const roles = props.roles ?? props.roleMap.exactRoles;
    if (roles.length === 0) {
      throw new Error(
        "The role map has patterns only, so it does not say whose access to verify. Give `roles`: the root roles that the users hold.",
      );
    }
    // Not nested in the check: Terraform plans to read nested data in every run, so that no plan would ever be empty.
    const place = { ...props.leaf.connect(this), dependsOn: [props.resource] };
    const root = literal(props.rootName);
    const users = new DataTeleportRoleMapping(this, "Users", { ...place, root, roles: literals(roles) });
    const mapping = addressOf(users);
    const nodes = addressOf(new DataTeleportNodes(this, "Nodes", place));
    new CheckBlock(this, "Check", [
      {
        condition: `${mapping}.enabled && contains(${mapping}.logins, ${expressionText(props.login)})`,
        message: `Users of the root with ${literal(roles.join(", "))} cannot log in as ${literal(props.login)}: on the leaf they hold \${jsonencode(${mapping}.local_roles)}, which allow \${jsonencode(${mapping}.logins)}.`,
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
