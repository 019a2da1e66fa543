import type { PrivateState } from "../../framework";

/** Remembers what was granted here, by the keys of the items. A cache: the marks on the user decide. */
export function rememberGranted(memory: PrivateState, keys: ReadonlySet<string>): void {
  memory.set("granted", keys.size === 0 ? undefined : [...keys].sort());
}

/** What the last apply had granted, by the keys of the items. */
export function grantedBefore(memory: PrivateState): string[] {
  const keys = memory.get("granted");
  return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
}
