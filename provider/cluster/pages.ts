/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page starts; empty after the last. */
  readonly next: string;
}

/**
 * Walks all pages. A page may be short, even empty, before the last one: servers leave out what the caller may not see.
 *
 * @throws Error when a server gives the same start twice: the walk would never end
 */
export async function allPages<T>(page: (start: string) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  for (let start = ""; ; ) {
    const { items: more, next } = await page(start);
    items.push(...more);
    if (next === "") return items;
    if (seen.has(next)) throw new Error("protocol error: the server's pages go round in a circle");
    seen.add(next);
    start = next;
  }
}
