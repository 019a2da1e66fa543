import type { Labels } from "../../../trust";
import type { Json, PrivateState } from "../../framework";

/** What a trust remembers beside its state, by key of the private state. */
export const importedMemory: Readonly<Record<string, Json>> = { imported: true, releasesLabels: true };

/** Whether the state came by import: the trusted cluster may lack our mark. */
export function isImported(memory: PrivateState): boolean {
  return memory.get("imported") === true;
}

/** Whether labels that the configuration does not name are released, not removed: until the first apply after an import. */
export function releasesLabels(memory: PrivateState): boolean {
  return memory.get("releasesLabels") === true;
}

/** To be called when an apply has set the labels as they are configured. */
export function labelsAreSettled(memory: PrivateState): void {
  memory.set("releasesLabels", undefined);
  memory.set("keptLabels", undefined);
}

/** Labels of a removed remote cluster that an earlier, failed call could not put back. */
export function keptLabels(memory: PrivateState): Labels {
  const kept = memory.get("keptLabels");
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return {};
  return Object.fromEntries(
    Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Remembers labels that are to be put back, over a call that fails. (A killed one forgets them: nothing is stored then.) */
export function keepLabels(memory: PrivateState, labels: Labels): void {
  memory.set("keptLabels", Object.keys(labels).length === 0 ? undefined : { ...labels });
}

/** Which side of a half trust the last read missed, for the plan that repairs it. */
export function missingSide(memory: PrivateState): string | undefined {
  const side = memory.get("missing");
  return typeof side === "string" ? side : undefined;
}

/** `undefined` when the trust is whole. */
export function rememberMissingSide(memory: PrivateState, side: string | undefined): void {
  memory.set("missing", side);
}
