import { Problem, parseAddress, parseDuration } from "../trust";
import { type Attributes, type Schema, type TypedAttribute, types, type Validator, type Value } from "./framework";

/** Arguments of the official provider by name, with the environment variable that stands in for each (official-provider.md §1). */
export const environmentNames = {
  addr: "TF_TELEPORT_ADDR",
  cert_path: "TF_TELEPORT_CERT",
  key_path: "TF_TELEPORT_KEY",
  root_ca_path: "TF_TELEPORT_ROOT_CA",
  cert_base64: "TF_TELEPORT_CERT_BASE64",
  key_base64: "TF_TELEPORT_KEY_BASE64",
  root_ca_base64: "TF_TELEPORT_CA_BASE64",
  profile_name: "TF_TELEPORT_PROFILE_NAME",
  profile_dir: "TF_TELEPORT_PROFILE_PATH",
  identity_file_path: "TF_TELEPORT_IDENTITY_FILE_PATH",
  identity_file: "TF_TELEPORT_IDENTITY_FILE",
  identity_file_base64: "TF_TELEPORT_IDENTITY_FILE_BASE64",
  retry_base_duration: "TF_TELEPORT_RETRY_BASE_DURATION",
  retry_cap_duration: "TF_TELEPORT_RETRY_CAP_DURATION",
  retry_max_tries: "TF_TELEPORT_RETRY_MAX_TRIES",
  dial_timeout_duration: "TF_TELEPORT_DIAL_TIMEOUT_DURATION",
  join_method: "TF_TELEPORT_JOIN_METHOD",
  join_token: "TF_TELEPORT_JOIN_TOKEN",
  audience_tag: "TF_TELEPORT_JOIN_AUDIENCE_TAG",
  gitlab_id_token_env_var: "TF_TELEPORT_GITLAB_ID_TOKEN_ENV_VAR",
  insecure: "TF_TELEPORT_INSECURE",
} as const;

/** An argument that makes the default connection. */
export type ArgumentName = keyof typeof environmentNames;

/** Joining with Machine ID: the arguments are there, what they ask for is not. */
export const joinArguments = ["join_method", "join_token", "audience_tag", "gitlab_id_token_env_var"] as const;

const isAddress = throwing((value) => parseAddress(value));
const isDuration = throwing((value) => parseDuration(value));

/** A validator out of a reader that throws a Problem. */
function throwing(read: (text: string) => unknown): Validator {
  return function* (value: Value) {
    try {
      if (typeof value === "string") read(value);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      yield error;
    }
  };
}

function* isTries(value: Value): Iterable<Problem> {
  if (typeof value !== "string" || /^[1-9]\d{0,3}$/.test(value)) return;
  const what = `${JSON.stringify(value)} is not a number of tries`;
  yield new Problem("PROVIDER_ARGUMENT", what, [], "Write a whole number from 1 to 9999.");
}

function text(description: string, more: Partial<TypedAttribute> = {}): TypedAttribute {
  return { type: types.string, mode: "optional", description, ...more };
}

const credentials = {
  identity_file_path: text("Path of an identity file, as `tctl auth sign`, `tsh login --out` or Machine ID write it."),
  identity_file: text("Content of an identity file.", { sensitive: true }),
  identity_file_base64: text("Content of an identity file in base64.", { sensitive: true }),
  cert_path: text("Path of the client certificate (PEM), with `key_path` and `root_ca_path`."),
  key_path: text("Path of the private key (PEM)."),
  root_ca_path: text("Path of the cluster's host authorities (PEM)."),
  cert_base64: text("Client certificate (PEM in base64), with `key_base64` and `root_ca_base64`."),
  key_base64: text("Private key (PEM in base64).", { sensitive: true }),
  root_ca_base64: text("The cluster's host authorities (PEM in base64)."),
  profile_name: text("Name of a tsh profile: the proxy's host. The current profile when `profile_dir` alone is given."),
  profile_dir: text("Directory of tsh profiles; `~/.tsh` when absent."),
} satisfies Attributes;

const insecureDescription =
  "Take any certificate of the *web* proxy, for tests only. The cluster's own certificates are checked in any case.";

/** The arguments of one entry of `clusters`. */
export const clusterAttributes: Attributes = {
  addr: text("Web proxy or Auth server, as `host:port`. A tsh profile brings its own.", { validate: [isAddress] }),
  ...credentials,
  insecure: { type: types.bool, mode: "optional", description: insecureDescription },
  dial_timeout: text("How long connecting may take, such as `30s`; that of the provider when absent.", {
    validate: [isDuration],
  }),
};

const joinNote = "Accepted for configurations of the official provider; joining is not available yet and is refused.";

const defaultConnection = {
  addr: text("Web proxy or Auth server of the default connection, as `host:port`.", { validate: [isAddress] }),
  ...credentials,
  insecure: { type: types.bool, mode: "optional", description: insecureDescription },
  dial_timeout_duration: text("How long connecting may take. Default: `30s`.", { validate: [isDuration] }),
  retry_base_duration: text("Wait before the second try of a call; doubles with each further one. Default: `1s`.", {
    validate: [isDuration],
  }),
  retry_cap_duration: text("Longest wait between two tries. Default: `5s`.", { validate: [isDuration] }),
  retry_max_tries: text("How often a call is tried. Default: `10`.", { validate: [isTries] }),
  join_method: text(joinNote),
  join_token: text(joinNote, { sensitive: true }),
  audience_tag: text(joinNote),
  gitlab_id_token_env_var: text(joinNote),
} satisfies Record<ArgumentName, TypedAttribute>;

/** The provider block. */
export const providerSchema: Schema = {
  description:
    "Trust between Teleport clusters. One provider block serves any number of clusters: the arguments of the official provider make the default connection, and `clusters` names further ones.",
  attributes: {
    ...withEnvironment(defaultConnection),
    clusters: {
      mode: "optional",
      description:
        "Further connections by name. Resources name one in `cluster` (`root` and `leaf` of `teleport_trust`); without it they use the default connection. An entry is never implied, even when it is the only one.",
      nested: { nesting: "map", attributes: clusterAttributes },
    },
  },
};

function withEnvironment(attributes: Record<ArgumentName, TypedAttribute>): Attributes {
  const entries = Object.entries(attributes).map(([name, attribute]) => {
    const variable = environmentNames[name as ArgumentName];
    return [name, { ...attribute, description: `${attribute.description} Environment: \`${variable}\`.` }];
  });
  return Object.fromEntries(entries);
}
