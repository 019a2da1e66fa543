import assert from "node:assert/strict";

import type { Lab, LabCluster } from "../../lab";
import type { RoleV6 } from "../../lab/gen/teleport/types/role_pb";
import type { TrustedClusterV2 } from "../../lab/gen/teleport/types/trusted_cluster_pb";
import type { UserV2 } from "../../lab/gen/teleport/types/user_pb";
import { identityOf, type LabClients, labClients } from "./lab-clients";

/** Works on a cluster as somebody else would, by calls of the administrator over a connection of its own. */
export async function outside<T>(cluster: LabCluster, work: (clients: LabClients) => Promise<T>): Promise<T> {
  const clients = labClients(cluster, { tls: identityOf(cluster, "admin").tls });
  try {
    return await work(clients);
  } finally {
    clients.close();
  }
}

/** Changes a role as an administrator in the web editor would: reads it, edits it, writes it. */
export function editRole(cluster: LabCluster, name: string, edit: (role: RoleV6) => void): Promise<void> {
  return outside(cluster, async ({ auth }) => {
    const role = await auth.getRole({ name });
    edit(role);
    await auth.upsertRoleV2({ role });
  });
}

function nameOf(object: unknown): string {
  return (object as { readonly metadata: { readonly name: string } }).metadata.name;
}

/** A remote cluster as it is dumped. */
export interface RemoteClusterDump {
  readonly metadata: { readonly name: string };
}

/** A remote cluster without status and revision: a root writes them itself, at every heartbeat of the leaf. */
export function lasting(remoteCluster: unknown): RemoteClusterDump {
  const { status: _, ...rest } = remoteCluster as RemoteClusterDump & { readonly status: unknown };
  return { ...rest, metadata: { ...rest.metadata, ...{ revision: undefined } } };
}

/** Every object of every cluster, without what a root keeps up to date itself; to compare before and after. */
export function objectsOf(lab: Lab): Readonly<Record<string, unknown>> {
  const clusters = Object.entries(lab.dump()).map(
    ([name, dump]) => [name, { ...dump, remote_clusters: dump.remote_clusters.map(lasting) }] as const,
  );
  return Object.fromEntries(clusters);
}

/** What is in any cluster of the lab beyond what a new lab has, as `<cluster>: <kind> <name>`. */
export function leftovers(lab: Lab): string[] {
  const presets = new Set(["access", "editor", "auditor", "teleport-trust-iac"]);
  return lab.clusters.flatMap((cluster) => {
    const { trusted_clusters, remote_clusters, tokens, roles } = cluster.dump();
    const kinds = {
      "trusted cluster": trusted_clusters,
      "remote cluster": remote_clusters,
      token: tokens,
      role: roles.filter((role) => !presets.has(nameOf(role))),
    };
    return Object.entries(kinds).flatMap(([kind, objects]) =>
      objects.map((object) => `${cluster.name}: ${kind} ${nameOf(object)}`),
    );
  });
}

/** Sets labels and description of a leaf on its root, as somebody who owns them would: those that are there stay. */
export function editRemoteCluster(
  root: LabCluster,
  leaf: string,
  { labels = {}, description }: { readonly labels?: Readonly<Record<string, string>>; readonly description?: string },
): Promise<void> {
  return outside(root, async ({ presence }) => {
    const remoteCluster = await presence.getRemoteCluster({ name: leaf });
    assert(remoteCluster.metadata);
    Object.assign(remoteCluster.metadata.labels, labels);
    if (description !== undefined) remoteCluster.metadata.description = description;
    const updateMask = { paths: ["Metadata.Labels", "Metadata.Description"] };
    await presence.updateRemoteCluster({ remoteCluster, updateMask });
  });
}

/** Changes a trusted cluster as an administrator of the leaf would. */
export function editTrustedCluster(
  leaf: LabCluster,
  root: string,
  edit: (cluster: TrustedClusterV2) => void,
): Promise<void> {
  return outside(leaf, async ({ auth, trust }) => {
    const trustedCluster = await auth.getTrustedCluster({ name: root });
    edit(trustedCluster);
    await trust.upsertTrustedCluster({ trustedCluster });
  });
}

/** Changes a user as an administrator would: reads it, edits it, writes it. */
export function editUser(cluster: LabCluster, name: string, edit: (user: UserV2) => void): Promise<void> {
  return outside(cluster, async ({ users }) => {
    const { user } = await users.getUser({ name });
    assert(user);
    edit(user);
    await users.updateUser({ user });
  });
}
