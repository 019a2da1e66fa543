import { Problem } from "../trust";
import { type ObjectValue, Unknown, type Value } from "./framework";

const credentialKinds: readonly (readonly string[])[] = [
  ["identity_file_path"],
  ["identity_file"],
  ["identity_file_base64"],
  ["cert_path", "key_path", "root_ca_path"],
  ["cert_base64", "key_base64", "root_ca_base64"],
  ["profile_name", "profile_dir"],
];

/**
 * Rules of the provider block that need no environment: each entry of `clusters` has an address and one kind of
 * credentials. (The default connection may get the rest from the environment, and may, as in the official provider,
 * have several kinds, which are tried in turn.)
 */
export function* validateProvider(config: ObjectValue): Iterable<Problem> {
  const { clusters } = config;
  if (!(clusters instanceof Map)) return;
  for (const [key, entry] of clusters as ReadonlyMap<string, Value>) {
    yield* validateKey(key);
    if (entry !== null && entry !== Unknown) yield* validateEntry(key, entry as ObjectValue);
  }
}

function* validateKey(key: string): Iterable<Problem> {
  if (key !== "" && !key.includes("/")) return;
  const what = `${JSON.stringify(key)} cannot name a cluster`;
  // Import ids are `<cluster>/<name>`.
  yield new Problem(
    "PROVIDER_ARGUMENT",
    what,
    ["clusters", key],
    "Use a name without a slash, such as the cluster's own.",
  );
}

function* validateEntry(key: string, entry: ObjectValue): Iterable<Problem> {
  const isSet = (name: string) => (entry[name] ?? null) !== null && entry[name] !== "";
  const given = credentialKinds.filter((names) => names.some(isSet));
  const isProfile = isSet("profile_name") || isSet("profile_dir");
  const where = ["clusters", key];
  if (!isSet("addr") && !isProfile) {
    const next = "Set it to the `host:port` of the cluster's web proxy or Auth server.";
    yield new Problem("PROVIDER_ARGUMENT", `cluster "${key}" has no \`addr\``, where, next);
  }
  if (given.length === 0) {
    const next =
      "Set `identity_file_path`, or one of `identity_file`, `identity_file_base64`, a key pair, a tsh profile.";
    yield new Problem("PROVIDER_ARGUMENT", `cluster "${key}" has no credentials`, where, next);
  }
  if (given.length > 1) {
    const names = given.map((kind) => `\`${kind.find(isSet)}\``).join(" and ");
    yield new Problem(
      "PROVIDER_ARGUMENT",
      `cluster "${key}" has credentials of several kinds: ${names}`,
      where,
      "Keep one of them.",
    );
  }
  yield* incompletePairs(key, given, isSet);
}

function* incompletePairs(
  key: string,
  given: readonly (readonly string[])[],
  isSet: (name: string) => boolean,
): Iterable<Problem> {
  for (const names of given.filter((kind) => kind.length === 3)) {
    const missing = names.filter((name) => !isSet(name));
    if (missing.length === 0) continue;
    const what = `cluster "${key}" has a key pair without ${missing.map((name) => `\`${name}\``).join(" and ")}`;
    yield new Problem("PROVIDER_ARGUMENT", what, ["clusters", key], "Give certificate, key and authorities together.");
  }
}
