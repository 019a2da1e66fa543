import type { Json, PrivateState } from "../../framework";

/** What an imported remote cluster remembers beside its state: what the configuration does not name is released, not removed. */
export const importedMemory: Readonly<Record<string, Json>> = { releases: true };

/** Whether labels and description that the configuration does not name are released: until the first apply after an import. */
export function releases(memory: PrivateState): boolean {
  return memory.get("releases") === true;
}

/** To be called when an apply has set everything as it is configured. */
export function isSettled(memory: PrivateState): void {
  if (memory.get("releases") !== undefined) memory.set("releases", undefined);
}
