import type { Identity } from "../../framework";
import type { Message } from "../description/override";
import { knownText, valueAt } from "../description/values";
import { invalid } from "../validators/invalid";

/** Mirrored objects are found by their name. */
export const identityByName: Identity<string> = {
  path: ["metadata", "name"],
  ofValue: (value) => knownText(valueAt(value, "metadata", "name")) ?? "",
  ofImport: (text) => {
    if (text === "") throw invalid("the import id names no object", "Write `<name>` or `<cluster>/<name>`.");
    return text;
  },
  nameOf: (id) => id,
};

function metadataOf(message: object): { readonly name?: string; readonly revision?: string } {
  return ((message as Message).metadata ?? {}) as { readonly name?: string; readonly revision?: string };
}

/** The name of an object; empty when it has none. */
export function nameOf(message: object): string {
  return metadataOf(message).name ?? "";
}

/** The revision of an object; empty before Teleport 14. */
export function revisionOf(message: object): string {
  return metadataOf(message).revision ?? "";
}
