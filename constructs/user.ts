import { Construct } from "constructs";

import type { Cluster } from "./cluster";
import { UserGrant as UserGrantResource } from "./generated";
import type { IRole } from "./role";
import { literal, literals } from "./text";

/** What a user is given. At least one of them. */
export interface GrantProps {
  /** Roles of the cluster, by name or as constructs. */
  readonly roles?: readonly (string | IRole)[];
  /** Logins on SSH servers: values of the trait `logins`. */
  readonly logins?: readonly string[];
  /** Values of any traits; those of `logins` are added to the property of that name. */
  readonly traits?: Readonly<Record<string, readonly string[]>>;
}

/** A local user of a cluster, who exists and whom somebody else owns. Not a Terraform object by itself. */
export class User extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: { readonly cluster: Cluster; readonly userName: string },
  ) {
    super(scope, id);
  }

  /** The user's name. */
  get userName(): string {
    return this.props.userName;
  }

  /**
   * Adds roles and trait values to the user. What the user has already is left alone, and is never taken away. It counts from the
   * user's next sign-in on.
   *
   * @param id of the grant among this user's grants; needed from the second on
   */
  grant(props: GrantProps, id = "Grant"): UserGrant {
    return new UserGrant(this, id, { ...props, ...this.props });
  }
}

/** Roles and trait values for one user: just this slice of the user is this program's. */
export class UserGrant extends Construct {
  /** The generated resource below. */
  readonly resource: UserGrantResource;

  /** @throws Error when nothing is given */
  constructor(
    scope: Construct,
    id: string,
    props: GrantProps & { readonly cluster: Cluster; readonly userName: string },
  ) {
    super(scope, id);
    const roles = (props.roles ?? []).map((role) => (typeof role === "string" ? literal(role) : role.roleId));
    const traits = traitsOf(props);
    if (roles.length === 0 && Object.keys(traits).length === 0) {
      throw new Error(`The grant for ${props.userName} gives nothing. Name roles, logins or traits.`);
    }
    this.resource = new UserGrantResource(this, "Resource", {
      ...props.cluster.connect(this),
      user: literal(props.userName),
      ...(roles.length === 0 ? {} : { roles }),
      ...(Object.keys(traits).length === 0 ? {} : { traits }),
    });
  }
}

function traitsOf({ logins = [], traits = {} }: GrantProps): Record<string, string[]> {
  const all = Object.entries(traits).map(([name, values]) => [literal(name), literals(values)] as const);
  const merged = new Map<string, string[]>(logins.length === 0 ? [] : [["logins", literals(logins)]]);
  for (const [name, values] of all) merged.set(name, [...new Set([...(merged.get(name) ?? []), ...values])]);
  return Object.fromEntries(merged);
}
