/**
 * The name that was probably meant: the one with the fewest changed letters, if those are no more than a third of it, rounded up.
 *
 * Case and the difference between `-` and `_` count for nothing.
 */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const limit = Math.ceil(given.length / 3);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(folded(given), folded(name));
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

/** Levenshtein's distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
