import { type Labels, Problem } from "../../../trust";
import type { Cluster } from "../../cluster";
import { labelsText } from "./own-labels";

/** A remote cluster that an identity does not find and might not see: gone or hidden, nobody can tell. */
export interface NotVisible {
  readonly status: "not-visible";
  readonly identityRoles: readonly string[];
  /** The labels that would hide it; empty when none is known that would. */
  readonly hidingLabels: Labels;
}

/**
 * What a remote cluster that was not found means: `none` only for an identity that no label could hide it from.
 *
 * @param labels that it is thought to carry, for the message
 */
export async function absenceOf(
  root: Cluster,
  labels: Labels,
  signal: AbortSignal,
): Promise<{ readonly status: "none" } | NotVisible> {
  if (await root.seesEveryRemoteCluster(signal)) return { status: "none" };
  const [roles, seesOwn] = await Promise.all([root.currentRoles(signal), root.canSeeLabels(labels, signal)]);
  return {
    status: "not-visible",
    identityRoles: roles.map((role) => role.metadata?.name ?? ""),
    hidingLabels: seesOwn ? {} : labels,
  };
}

function rolesText(roles: readonly string[]): string {
  return roles.length === 0 ? "no roles" : `the roles ${roles.map((role) => `"${role}"`).join(", ")}`;
}

/** Hidden is not gone. @param rootTitle the root for people, with its address */
export function notVisibleProblem(rootTitle: string, leafName: string, seen: NotVisible): Problem {
  const labels = labelsText(seen.hidingLabels);
  const hint = labels === "" ? "a label may hide it" : `the label ${labels} would hide it from them`;
  return new Problem(
    "TRUST_NOT_VISIBLE",
    `the remote cluster "${leafName}" is hidden from the identity for ${rootTitle}, or does not exist: with ${rolesText(seen.identityRoles)} it cannot tell, and ${hint}`,
    [],
    "Give one of its roles `cluster_labels: {'*': '*'}` under `allow`, and no role of it any `cluster_labels` under `deny`.",
  );
}

/** The labels that are about to be set would hide the leaf from whoever sets them. */
export function hidingLabelsProblem(rootTitle: string, leafName: string, labels: Labels): Problem {
  const text = labelsText(labels);
  return new Problem(
    "TRUST_LABELS_HIDE",
    `the identity for ${rootTitle} would lose sight of the leaf ${leafName}${text === "" ? " as long as it has no labels" : ` once it carries ${text}`}`,
    text === "" ? [] : ["labels"],
    "Give one of the identity's roles `cluster_labels: {'*': '*'}` under `allow` (a labelled leaf is seen only by roles that allow its labels).",
  );
}
