import { create } from "@bufbuild/protobuf";

import type { ProvisionTokenSpecV2, ProvisionTokenV2 } from "../gen/teleport/types/provision_token_pb";
import { ProvisionTokenSpecV2Schema } from "../gen/teleport/types/provision_token_pb";
import { badParameter } from "../trace-error";
import { normalizeMetadata } from "./metadata";

/** System roles that a token may give, as they are stored. */
const canonicalRoles = [
  "App",
  "Auth",
  "Bot",
  "Db",
  "Discovery",
  "Kube",
  "MDM",
  "Node",
  "Okta",
  "Proxy",
  "RemoteProxy",
  "Signup",
  "Trusted_cluster",
  "WindowsDesktop",
];

/** How each may be written, in lower case: its own letters, and a second spelling for some. */
const tokenRoles = new Map([
  ...canonicalRoles.map((role): [string, string] => [role.toLowerCase(), role]),
  ["trustedcluster", "Trusted_cluster"],
  ["remote_proxy", "RemoteProxy"],
  ["windows_desktop", "WindowsDesktop"],
]);

/** Methods whose options stand under a field of their own, and what the server says when those are missing. */
const methods: Readonly<
  Record<string, { readonly field: keyof ProvisionTokenSpecV2; readonly missing: string; readonly noRules?: string }>
> = {
  github: withOptions("github", '"github" configuration must be provided for join method "github"', "at least one"),
  // The server's own spelling.
  circleci: withOptions(
    "circleci",
    '"cirleci" configuration must be provided for join method "circleci"',
    "at least one",
  ),
  kubernetes: withOptions("kubernetes", missingFor("kubernetes"), "defined"),
  azure: withOptions("azure", missingFor("azure"), "defined"),
  gitlab: withOptions("gitlab", missingFor("gitlab"), "defined"),
  gcp: withOptions("gcp", missingFor("gcp"), "defined"),
  spacelift: withOptions("spacelift", missingFor("spacelift"), "defined"),
  tpm: withOptions("tpm", missingFor("tpm"), "defined"),
  terraform_cloud: withOptions("terraform_cloud", missingFor("terraform_cloud"), "defined"),
  bitbucket: withOptions("bitbucket", missingFor("bitbucket"), "defined"),
  oracle: withOptions("oracle", missingFor("oracle"), "defined"),
};

const fiveMinutes = 5n * 60n * 1_000_000_000n;

/**
 * Makes of a token what the server stores: refuses what it would refuse, spells roles its way, fills in defaults. Changes
 * `token`.
 *
 * @returns the token's name, which is the secret
 * @throws TraceError bad_parameter in the server's words
 */
export function normalizeToken(token: ProvisionTokenV2): string {
  token.kind = "token";
  token.version = "v2";
  const { name } = normalizeMetadata(token);
  token.spec ??= create(ProvisionTokenSpecV2Schema);
  const { spec } = token;
  if (spec.roles.length === 0) throw badParameter("provisioning token is missing roles");
  spec.roles = normalizeRoles(spec.roles);
  assertBot(spec);
  if (spec.joinMethod === "") spec.joinMethod = spec.allow.length > 0 ? "ec2" : "token";
  assertJoinMethod(spec);
  return name;
}

function normalizeRoles(roles: readonly string[]): string[] {
  const known = roles.map((role) => {
    const canonical = tokenRoles.get(role.trim().toLowerCase());
    if (canonical === undefined) throw badParameter(`role ${role} is not registered`);
    return canonical;
  });
  const twice = known.find((role, index) => known.indexOf(role) !== index);
  if (twice !== undefined) throw badParameter(`duplicate role "${twice}"`);
  return known;
}

function assertBot(spec: ProvisionTokenSpecV2): void {
  const isBot = spec.roles.includes("Bot");
  if (isBot && spec.botName === "") throw badParameter('token with role "Bot" must set bot_name');
  if (!isBot && spec.botName !== "") throw badParameter('can only set bot_name on token with role "Bot"');
}

function assertJoinMethod(spec: ProvisionTokenSpecV2): void {
  const { joinMethod } = spec;
  if (joinMethod === "token") {
    if (spec.allow.length > 0) throw badParameter('allow rules are not compatible with the "token" join method');
  } else if (joinMethod === "ec2" || joinMethod === "iam") {
    if (spec.allow.length === 0)
      throw badParameter(`the "${joinMethod}" join method requires defined token allow rules`);
    if (joinMethod === "ec2" && spec.awsIidTtl === 0n) spec.awsIidTtl = fiveMinutes;
  } else {
    assertOptions(spec, joinMethod);
  }
}

function assertOptions(spec: ProvisionTokenSpecV2, joinMethod: string): void {
  const method = Object.hasOwn(methods, joinMethod) ? methods[joinMethod] : undefined;
  if (method === undefined) throw badParameter(`unknown join method "${joinMethod}"`);
  const options = spec[method.field] as { allow?: readonly unknown[] } | undefined;
  if (options === undefined) throw badParameter(method.missing);
  if (method.noRules !== undefined && (options.allow ?? []).length === 0) throw badParameter(method.noRules);
  for (const rule of spec.github?.allow ?? []) {
    if (rule.repository !== "" || rule.repositoryOwner !== "" || rule.sub !== "") continue;
    throw badParameter(
      'allow rule for "github" must include at least one of "repository", "repository_owner" or "sub"',
    );
  }
  if (spec.gitlab !== undefined && spec.gitlab.domain === "") spec.gitlab.domain = "gitlab.com";
}

function withOptions(method: string, missing: string, rules: "at least one" | "defined") {
  const field = method.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()) as keyof ProvisionTokenSpecV2;
  const noRules =
    rules === "defined"
      ? `the "${method}" join method requires defined ${method} allow rules`
      : `the "${method}" join method requires at least one token allow rule`;
  return { field, missing, noRules };
}

function missingFor(method: string): string {
  return `"${method}" configuration must be provided for the join method "${method}"`;
}
