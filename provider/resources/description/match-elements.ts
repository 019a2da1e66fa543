import type { Message } from "./override";

/** What is asked of the element at `index` of the new list and one of the old list. */
export interface ElementQuestions {
  /** Says the same as the old one, as far as we can tell. */
  isSame(index: number, base: Message): boolean;
  /** Has something in common with the old one. */
  isLike(index: number, base: Message): boolean;
}

/**
 * Finds the old element that each element of a new list is, so that what we do not know of it stays with it.
 *
 * It is the first one that says the same; or, in a list of the same length, the one at the same place that says something else, unless nothing
 * of it stayed or it has moved. Each old element is found once; undefined means a new element.
 */
export function matchElements(
  length: number,
  bases: readonly Message[],
  { isSame, isLike }: ElementQuestions,
): (Message | undefined)[] {
  const left = new Set(bases);
  const take = (base: Message | undefined): Message | undefined => {
    if (base !== undefined) left.delete(base);
    return base;
  };
  const found = Array.from({ length }, (_, index) => take([...left].find((base) => isSame(index, base))));
  if (length !== bases.length) return found;
  return found.map((base, index) => {
    const old = bases[index] as Message;
    return base ?? (left.has(old) && isLike(index, old) ? take(old) : undefined);
  });
}
