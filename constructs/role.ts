import { type Construct, Construct as ConstructBase } from "constructs";

import type { Cluster } from "./cluster";
import { Role as RoleResource, type RoleSpec } from "./generated";
import { literal, literals } from "./text";

/** A label selector: every key must match; several values are alternatives; `*` matches all. */
export type LabelSelector = Readonly<Record<string, string | readonly string[]>>;

/** What a holder of the role may do with objects of the cluster itself. */
export interface RoleRule {
  /** Kinds, such as `trusted_cluster`. */
  readonly resources: readonly string[];
  /** `list`, `read`, `create`, `update`, `delete` … */
  readonly verbs: readonly string[];
}

/** A role, whether this program makes it or it exists. */
export interface IRole {
  /** The role's name. */
  readonly roleName: string;
  /** The role's name as a value that is known only once the role exists: whoever uses it comes after the role. */
  readonly roleId: string;
}

/** What a role allows. */
export interface RoleProps {
  /**
   * The name of the role.
   *
   * @default the construct's id
   */
  readonly roleName?: string;
  /**
   * The version of the role's format; it decides about defaults.
   *
   * @default "v7"
   */
  readonly version?: string;
  /** @default none */
  readonly description?: string;
  /**
   * Logins on SSH servers. `Trait.internal("logins")` takes them from the user.
   *
   * @default none
   */
  readonly logins?: readonly string[];
  /** Groups that the holder has in Kubernetes clusters. */
  readonly kubernetesGroups?: readonly string[];
  /** Users that the holder may be in Kubernetes clusters. */
  readonly kubernetesUsers?: readonly string[];
  /** Accounts of databases that the holder may use. */
  readonly dbUsers?: readonly string[];
  /** Databases of a server that the holder may use. */
  readonly dbNames?: readonly string[];
  /** Which SSH servers. Without it: none. */
  readonly nodeLabels?: LabelSelector;
  /** Which leaf clusters the holder sees; needed for each leaf that has labels. Not a boundary: see the role map. */
  readonly clusterLabels?: LabelSelector;
  /** Rights on objects of the cluster. */
  readonly rules?: readonly RoleRule[];
  /** Anything else of a role, by the provider's own names; it wins over what the properties above say. */
  readonly spec?: RoleSpec;
}

/** What becomes of a user that Teleport makes on a server: `keep` leaves the user and home behind, `insecure-drop` removes both. */
export type HostUserMode = "keep" | "insecure-drop" | "off";

/** The API's numbers for them. Source: `types.proto`, CreateHostUserMode. */
const hostUserModes: Readonly<Record<HostUserMode, number>> = { off: 1, keep: 3, "insecure-drop": 4 };

/** A role of a cluster. */
export class Role extends ConstructBase implements IRole {
  readonly roleName: string;
  /** The generated resource below, for what this construct does not offer. */
  readonly resource: RoleResource;

  /** A role that exists and is not this program's. */
  static fromRoleName(roleName: string): IRole {
    return { roleName, roleId: roleName };
  }

  private props: RoleProps;

  constructor(scope: Construct, id: string, props: RoleProps & { readonly cluster: Cluster }) {
    super(scope, id);
    this.props = props;
    this.roleName = props.roleName ?? id;
    this.resource = new RoleResource(this, "Resource", {
      ...props.cluster.connect(this),
      version: props.version ?? "v7",
      metadata: {
        name: literal(this.roleName),
        ...(props.description === undefined ? {} : { description: literal(props.description) }),
      },
      spec: specOf(props),
    });
  }

  /**
   * Lets Teleport make the login as a user of the server at the first session, in place of a `useradd` on each.
   *
   * @param groups of the server that the user is put into
   */
  createHostUser(mode: HostUserMode, groups: readonly string[] = []): this {
    const { spec = {} } = this.props;
    const hostGroups = groups.length === 0 ? {} : { hostGroups: literals(groups) };
    this.props = {
      ...this.props,
      spec: {
        ...spec,
        allow: { ...spec.allow, ...hostGroups },
        options: { ...spec.options, createHostUserMode: hostUserModes[mode] },
      },
    };
    this.resource.putSpec(specOf(this.props));
    return this;
  }

  get roleId(): string {
    return this.resource.id;
  }
}

/** The properties that are plain lists, under the names that the API has for them. */
const lists = ["logins", "kubernetesGroups", "kubernetesUsers", "dbUsers", "dbNames"] as const;

function listsOf(props: RoleProps): Partial<Record<(typeof lists)[number], string[]>> {
  const given = lists.filter((name) => props[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, literals(props[name] ?? [])]));
}

function specOf(props: RoleProps): RoleSpec {
  const { nodeLabels, clusterLabels, rules, spec } = props;
  const allow = {
    ...listsOf(props),
    ...(nodeLabels === undefined ? {} : { nodeLabels: selector(nodeLabels) }),
    ...(clusterLabels === undefined ? {} : { clusterLabels: selector(clusterLabels) }),
    ...(rules === undefined ? {} : { rules: rules.map(ruleOf) }),
  };
  return { ...spec, allow: { ...allow, ...spec?.allow } };
}

function ruleOf({ resources, verbs }: RoleRule): { resources: string[]; verbs: string[] } {
  return { resources: literals(resources), verbs: literals(verbs) };
}

function selector(labels: LabelSelector): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [literal(key), literals(typeof value === "string" ? [value] : value)]),
  );
}
