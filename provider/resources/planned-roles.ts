import type { Connections } from "../cluster";

/** What this process has planned to create, by its connections; only ever used for what a plan says, never for what it holds. */
const planned = new WeakMap<Connections, Set<string>>();

function keyOf(connectionKey: string | undefined, role: string): string {
  return JSON.stringify([connectionKey ?? null, role]);
}

/** Remembers that this plan creates a role on a cluster. */
export function notePlannedRole(connections: Connections, connectionKey: string | undefined, role: string): void {
  const roles = planned.get(connections) ?? new Set();
  planned.set(connections, roles.add(keyOf(connectionKey, role)));
}

/** Whether this process has planned the role already: whoever refers to it by `id` is planned later. */
export function isPlannedRole(connections: Connections, connectionKey: string | undefined, role: string): boolean {
  return planned.get(connections)?.has(keyOf(connectionKey, role)) ?? false;
}
