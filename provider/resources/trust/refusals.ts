import { Problem } from "../../../trust";
import { type ClusterFacts, type DesiredTrust, type TrustFacts, trustName } from "./facts";

/** `clusters` was changed so that a key leads to another real cluster than the one in the state. */
export function otherClusterProblem(facts: TrustFacts): Problem {
  const [root, leaf] = (facts.stateId ?? "").split("/");
  const isRoot = root !== facts.root.name;
  const [cluster, expected] = isRoot ? [facts.root, root] : [facts.leaf, leaf];
  return new Problem(
    "TRUST_OTHER_CLUSTER",
    `${cluster.title} is the cluster "${cluster.name}", but this trust is about "${expected}"`,
    [isRoot ? "root" : "leaf"],
    `Keep the connection to "${expected}" under a key of its own and point this trust to it; another cluster is another trust, planned while both can be reached.`,
  );
}

export function sameClusterProblem({ root }: TrustFacts): Problem {
  return new Problem(
    "TRUST_SAME_CLUSTER",
    `root and leaf are one cluster, "${root.name}"`,
    ["leaf"],
    "Name two different clusters; no cluster can trust itself.",
  );
}

/** How to end a trust whose place on the root another leaf has taken: a refresh would be refused. */
function wayOut({ stateId, trustedCluster }: TrustFacts): string {
  if (stateId === undefined) return "";
  return trustedCluster.status === "ours"
    ? " To end this trust and leave that leaf alone, run `terraform destroy -refresh=false -target='ADDRESS'`, ADDRESS as shown above."
    : " If this trust has ended, give it up with `terraform state rm 'ADDRESS'`, ADDRESS as shown above.";
}

export function otherLeafProblem(facts: TrustFacts): Problem {
  const { root, leaf } = facts;
  return new Problem(
    "TRUST_OTHER_LEAF",
    `${root.name} has a remote cluster "${leaf.name}" that is another leaf: its host certificate authority shares no key with the one of ${leaf.title}`,
    [],
    `Find out whose it is. If it is a former life of this leaf, remove it with \`tctl rm remote_cluster/${leaf.name}\` on the root.${wayOut(facts)} Nothing was touched.`,
  );
}

export function foreignProblem(facts: TrustFacts): Problem {
  const { root, leaf, stateId } = facts;
  const importing = `import it with \`terraform import 'ADDRESS' ${root.key}/${leaf.key}\`, ADDRESS as shown above`;
  return stateId === undefined
    ? new Problem(
        "TRUST_FOREIGN",
        `${leaf.name} already trusts "${root.name}", by a trusted cluster that was made outside of this configuration`,
        [],
        `To take it over, ${importing}. Nothing was touched.`,
      )
    : new Problem(
        "TRUST_FOREIGN",
        `the trusted cluster "${root.name}" on ${leaf.name} is not the one of this state any more: somebody made it anew`,
        [],
        `Either give it up with \`terraform state rm 'ADDRESS'\`, or take it over: after that ${importing}. Nothing was touched.`,
      );
}

export function cloudLeafProblem({ leaf }: TrustFacts): Problem {
  return new Problem(
    "TRUST_CLOUD_LEAF",
    `${leaf.title} is a tenant of Teleport Cloud, which cannot be a leaf`,
    ["leaf"],
    "Trusted clusters need a self-hosted leaf; only the root may be in the cloud.",
  );
}

function versionsText(root: ClusterFacts, leaf: ClusterFacts): string {
  return `the leaf ${leaf.name} runs Teleport ${leaf.version}, the root ${root.name} runs ${root.version}`;
}

export function leafNewerProblem({ root, leaf }: TrustFacts): Problem {
  return new Problem(
    "TRUST_VERSION_SKEW",
    `${versionsText(root, leaf)}: a leaf may not be a major version newer than its root`,
    ["leaf"],
    "Upgrade the root first, then the leaf.",
  );
}

export function leafTooOldProblem({ root, leaf }: TrustFacts): Problem {
  return new Problem(
    "TRUST_VERSION_SKEW",
    `${versionsText(root, leaf)}: a leaf may be one major version behind its root, not more`,
    ["leaf"],
    "Upgrade the leaf, one major version at a time, until it is at most one behind.",
  );
}

/** Undefined when every literal local role exists. */
export function missingRoleProblem({ leaf, checks }: TrustFacts): Problem | undefined {
  const [first, ...others] = checks?.missingRoles ?? [];
  if (first === undefined) return undefined;
  const names = [first, ...others].map(({ role }) => `"${role}"`).join(", ");
  return new Problem(
    "TRUST_LOCAL_ROLE",
    `${others.length === 0 ? `the role ${names} does` : `the roles ${names} do`} not exist on the leaf ${leaf.name}`,
    ["role_map", first.row, "local", first.at],
    "Create it on the leaf first. If this apply creates it, refer to its resource's `id` here, so that it comes before.",
  );
}

export function otherProxyProblem(desired: DesiredTrust, { root, checks }: TrustFacts): Problem {
  return new Problem(
    "TRUST_OTHER_PROXY",
    `at ${desired.webProxyAddr} answers the proxy of the cluster "${checks?.proxyClusterName}", not that of the root "${root.name}"`,
    ["web_proxy_addr"],
    "Give the address of the root's web proxy, or leave it out: the root says it itself.",
  );
}

export function notSettledProblem(facts: TrustFacts, what: string): Problem {
  return new Problem(
    "TRUST_NOT_SETTLED",
    `the clusters of ${trustName(facts)} do not show the effect of a step that they answered with success: ${what}`,
    [],
    "Somebody else may be working on the same trust, or a cluster is not well; look at both, then apply again.",
  );
}
