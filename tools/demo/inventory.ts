import type { Lab } from "../../lab";

/** Every object of every cluster: its text by `<cluster>: <kind> <name>`. */
export type Inventory = ReadonlyMap<string, string>;

interface AnyObject {
  readonly metadata: { readonly name: string };
}

/** Looks past the API, so that nothing is hidden; a token stands by its hash. */
export function takeInventory(lab: Lab): Inventory {
  const entries = lab.clusters.flatMap((cluster) =>
    Object.entries(cluster.dump()).flatMap(([kind, objects]) =>
      (objects as readonly AnyObject[]).map(
        (object) => [`${cluster.name}: ${kind} ${object.metadata.name}`, withoutRevision(object)] as const,
      ),
    ),
  );
  return new Map(entries);
}

/** In what the second inventory differs from the first, in words. */
export function differences(before: Inventory, after: Inventory): string[] {
  const added = [...after.keys()].filter((key) => !before.has(key)).map((key) => `${key} is left`);
  const changed = [...before].flatMap(([key, text]) => {
    const now = after.get(key);
    if (now === undefined) return [`${key} is missing`];
    return now === text ? [] : [`${key} was ${text}, is ${now}`];
  });
  return [...added, ...changed];
}

/** A revision is another one after each write, also after one that takes a change back. */
function withoutRevision(object: AnyObject): string {
  return JSON.stringify({ ...object, metadata: { ...object.metadata, revision: undefined } });
}
