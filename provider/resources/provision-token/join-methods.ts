/**
 * The join methods of Teleport 14 to 18, each with the attribute of `spec` without which a cluster refuses it (`allow`: with at least one rule).
 *
 * Source: teleport-api §4.11; the methods of later versions follow the same pattern.
 */
export const joinMethods: ReadonlyMap<string, readonly string[]> = new Map([
  ["token", []],
  ["ec2", ["allow"]],
  ["iam", ["allow"]],
  ...[
    "azure",
    "azure_devops",
    "bitbucket",
    "circleci",
    "env0",
    "gcp",
    "github",
    "gitlab",
    "kubernetes",
    "oracle",
    "spacelift",
    "terraform_cloud",
    "tpm",
  ].map((method): [string, readonly string[]] => [method, [method, "allow"]]),
  ["bound_keypair", ["bound_keypair"]],
]);
