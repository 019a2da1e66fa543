import { Construct } from "constructs";

import type { Cluster } from "./cluster";
import { CheckBlock, expressionText } from "./elements";
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
    props: AccessCheckProps & { readonly leaf: Cluster; readonly roles: readonly string[]; readonly after: string },
  ) {
    super(scope, id);
    const { cluster, provider } = props.leaf.connect(this);
    const place = { provider: provider?.fqn, cluster, depends_on: [props.after] };
    const mapping = "data.teleport_role_mapping.users";
    new CheckBlock(
      this,
      "Login",
      { type: "teleport_role_mapping", id: "users", arguments: { ...place, roles: literals(props.roles) } },
      [
        {
          condition: `${mapping}.enabled && contains(${mapping}.logins, ${expressionText(props.login)})`,
          message: `Users of the root with ${literal(props.roles.join(", "))} cannot log in as ${literal(props.login)}: on the leaf they hold \${jsonencode(${mapping}.local_roles)}, which allow \${jsonencode(${mapping}.logins)}.`,
        },
      ],
    );
    const nodes = "data.teleport_nodes.all";
    new CheckBlock(this, "Node", { type: "teleport_nodes", id: "all", arguments: place }, [
      {
        condition: `contains(${nodes}.nodes[*].hostname, ${expressionText(props.node)})`,
        message: `The leaf has no node ${literal(props.node)} that the applying identity sees; it sees \${jsonencode(${nodes}.nodes[*].hostname)}.`,
      },
    ]);
  }
}
