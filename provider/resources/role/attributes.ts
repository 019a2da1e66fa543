import { type Attributes, type Schema, types } from "../../framework";
import { type Description, describe } from "../description/describe";
import { messages } from "../description/gen/messages";
import type { ExtraAttributes, Override, Overrides } from "../description/override";
import { attributesOf } from "../description/schema";
import { commonAttributes, commonMetadata, commonOverrides } from "../mirrored/attributes";
import { labelSelectorValidator } from "../validators/label-selector";
import { noWildcardValidator } from "../validators/no-wildcard";
import { eachOneOfValidator, oneOfValidator, unlessEmpty } from "../validators/one-of";
import { selectorTemplatesValidator, traitTemplatesValidator } from "../validators/trait-templates";
import { unsupported } from "../validators/unsupported";
import { impersonationValidator, ruleValidator } from "./rules";
import { serverDefaults } from "./server-defaults";
import { versionValidator } from "./version";

/** The configuration may set it, else the cluster does. */
const computed: Override = { mode: "optional-computed", keepPrior: true };

const options: Overrides = {
  "": {
    ...computed,
    doc: "How sessions of the role's users behave. What is not set is filled in by the cluster, and afresh when `version` changes.",
  },
  cert_format: computed,
  create_db_user: computed,
  create_desktop_user: computed,
  desktop_clipboard: computed,
  desktop_directory_sharing: computed,
  enhanced_recording: { ...computed, validate: [eachOneOfValidator("command", "disk", "network")] },
  max_session_ttl: computed,
  ssh_file_copy: computed,
  lock: { validate: [unlessEmpty(oneOfValidator("strict", "best_effort"))] },
};

const selectors = [
  "node",
  "app",
  "cluster",
  "kubernetes",
  "db",
  "db_service",
  "windows_desktop",
  "group",
  "workload_identity",
  "linux_desktop",
  "beam",
].map((kind) => [`${kind}_labels`, { validate: [labelSelectorValidator, selectorTemplatesValidator] }] as const);

/** What stands in these is filled in from the user's traits. */
const templated: Overrides = Object.fromEntries(
  [
    "logins",
    "kubernetes_groups",
    "kubernetes_users",
    "db_names",
    "db_users",
    "db_roles",
    "windows_desktop_logins",
    "host_groups",
  ].map((name) => [name, { validate: [traitTemplatesValidator] }]),
);

const allow: Overrides = {
  ...templated,
  ...Object.fromEntries(selectors),
  namespaces: { hidden: true },
  logins: { validate: [noWildcardValidator("login"), traitTemplatesValidator] },
  aws_role_arns: { validate: [noWildcardValidator("AWS role")] },
  azure_identities: { validate: [noWildcardValidator("Azure identity")] },
  gcp_service_accounts: { validate: [noWildcardValidator("service account")] },
  db_roles: { validate: [noWildcardValidator("database role"), traitTemplatesValidator] },
  rules: { validate: [ruleValidator] },
  impersonate: { validate: [impersonationValidator("allow")] },
  kubernetes_resources: {
    ...computed,
    doc: "Kubernetes objects. What is not set is filled in by the cluster, by the role's `version`.",
  },
  "kubernetes_resources.verbs": computed,
};

const deny: Overrides = {
  ...templated,
  namespaces: { hidden: true },
  rules: { validate: [ruleValidator] },
  impersonate: { validate: [impersonationValidator("deny")] },
};

/** The same overrides one level further down; the empty path is the object itself. */
function under(path: string, overrides: Overrides): Overrides {
  return Object.fromEntries(
    Object.entries(overrides).map(([name, override]) => [name === "" ? path : `${path}.${name}`, override]),
  );
}

function merged(...tables: readonly Overrides[]): Overrides {
  const all: Record<string, Override> = {};
  for (const table of tables) {
    for (const [path, override] of Object.entries(table)) all[path] = { ...all[path], ...override };
  }
  return all;
}

function text(name: string, description: string): Attributes {
  return { [name]: { type: types.string, mode: "optional", description } };
}

function texts(name: string, description: string): Attributes {
  return { [name]: { type: types.list(types.string), mode: "optional", description } };
}

// Attributes of the official provider for role version 9 whose wire form is not known here. They are refused, not ignored.
const appResourcesExpressions: Attributes = {
  app_resources_expressions: {
    type: types.list(types.string),
    mode: "optional",
    description: "Predicates over requests to applications (role version 9). Not supported yet.",
    validate: [unsupported("app_resources_expressions")],
  },
};

const appResources: Attributes = {
  app_resources: {
    nested: {
      nesting: "list",
      attributes: {
        allow_all: { type: types.bool, mode: "optional", description: "Whether every request is allowed." },
        ...text("allow_code", "Code that an allowed request is logged with."),
        ...text("allow_reason", "Reason that an allowed request is logged with."),
        ...text("deny_code_hint", "Code that a denied request is logged with."),
        ...text("deny_reason_hint", "Reason that a denied request is logged with."),
        ...text("where", "Predicate that must hold as well."),
        ...texts("allow_encoded", "Encoded characters that a path may hold."),
        ...texts("methods", "Methods of the request."),
        ...texts("paths", "Paths of the request; may hold globs."),
      },
    },
    mode: "optional",
    description: "Requests to applications (role version 9). Not supported yet.",
    validate: [unsupported("app_resources")],
  },
};

const clipboardMode: Attributes = {
  web_terminal_clipboard_mode: {
    type: types.number,
    mode: "optional",
    description: "Whether text may be copied from a web terminal, as a number. Not supported yet.",
    validate: [unsupported("web_terminal_clipboard_mode")],
  },
};

const overrides = merged(
  commonOverrides("role"),
  { version: { validate: [versionValidator] } },
  under("spec.options", options),
  under("spec.allow", allow),
  under("spec.deny", deny),
  serverDefaults,
);

const extras: ExtraAttributes = {
  "": commonAttributes,
  metadata: commonMetadata,
  "spec.options": clipboardMode,
  "spec.allow": { ...appResourcesExpressions, ...appResources },
  "spec.deny": appResourcesExpressions,
};

/** The role as Terraform shows it. */
export const roleDescription: Description = describe(messages, "types.RoleV6", overrides, extras);

export const roleSchema: Schema = {
  description: "A role of a Teleport cluster: who may reach and do what there.",
  attributes: attributesOf(roleDescription),
};
