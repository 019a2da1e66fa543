import { badParameter } from "../trace-error";

/** One page of a list, and where the next one starts (empty after the last). */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string;
}

/** What an object needs to be in a list. */
interface Named {
  readonly metadata?: { readonly name: string } | undefined;
}

/** Most that one page holds, and what it holds when nothing is asked for. */
const pageLimit = 1000;

/**
 * Cuts a page out of a list that is sorted by name.
 *
 * @param limit how many are wanted; the server decides outside 1 to 1000
 * @param start name at which the page starts, that name included; empty for the first page
 */
export function pageOf<Item extends Named>(items: readonly Item[], limit: number, start: string): Page<Item> {
  return cut(items, limit >= 1 && limit <= pageLimit ? limit : pageLimit, start);
}

/** As {@link pageOf}, by the rules of ListRoles. @throws TraceError bad_parameter for a page beyond 16 000 */
export function rolePageOf<Item extends Named>(items: readonly Item[], limit: number, start: string): Page<Item> {
  if (limit > 16_000) throw badParameter(`page size of ${limit} is too large`);
  return cut(items, limit <= 0 ? 100 : limit, start);
}

function cut<Item extends Named>(items: readonly Item[], limit: number, start: string): Page<Item> {
  const key = Buffer.from(start);
  const rest = items.filter((item) => Buffer.compare(Buffer.from(nameOf(item)), key) >= 0);
  const next = rest[limit];
  return { items: rest.slice(0, limit), next: next === undefined ? "" : nameOf(next) };
}

function nameOf(item: Named): string {
  return item.metadata?.name ?? "";
}
