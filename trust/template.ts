/** What a template needs of one match; an index of a group that took no part gives undefined. */
export interface Captures {
  /** 0 is the whole match. */
  group(index: number): string | undefined;
  /** The first group of that name that took part. */
  named(name: string): string | undefined;
}

// A name is as long as possible: `$1x` is the group `1x`, not the group 1 and an x. `${` without a proper end is text.
const reference = /\$(?:\$|([\p{L}\p{Nd}_]+)|\{([\p{L}\p{Nd}_]+)\})/gu;

function groupIndex(name: string): number | undefined {
  // Go reads `$01` as a name, and so as nothing.
  return /^(0|[1-9]\d{0,7})$/.test(name) ? Number(name) : undefined;
}

/**
 * Fills a replacement text as Go's `Regexp.Expand` does: `$1`, `${1}`, `$name`, `${name}`, `$$`.
 *
 * A group that does not exist or took no part is an empty text; a `$` that begins none of these stays.
 */
export function expandTemplate(template: string, captures: Captures): string {
  return template.replace(reference, (whole, plain: string | undefined, braced: string | undefined) => {
    const name = plain ?? braced;
    if (name === undefined) return whole === "$$" ? "$" : whole;
    const index = groupIndex(name);
    return (index === undefined ? captures.named(name) : captures.group(index)) ?? "";
  });
}
