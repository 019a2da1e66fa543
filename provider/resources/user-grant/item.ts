import { publicId } from "../../../trust";

/** One thing that can be granted to a user. */
export type GrantItem =
  | { readonly kind: "role"; readonly role: string }
  | { readonly kind: "trait"; readonly trait: string; readonly value: string };

/** What the labels begin with that mark what was granted here. */
const markPrefix = "teleport-trust/granted.";

/** `access`, or `logins=visitor`. */
function contentOf(item: GrantItem): string {
  return item.kind === "role" ? item.role : `${item.trait}=${item.value}`;
}

/** One item as a text that no other has: `role:access`, `trait:logins=visitor`. Also the value of its mark. */
export function itemKey(item: GrantItem): string {
  return `${item.kind}:${contentOf(item)}`;
}

/** For messages: `the role "access"`, `"visitor" in the trait "logins"`. */
export function itemText(item: GrantItem): string {
  return item.kind === "role" ? `the role "${item.role}"` : `"${item.value}" in the trait "${item.trait}"`;
}

/** The label on the user that says: this was granted here. `teleport-trust/granted.<8 hex of the SHA-256>`. */
export function markOf(item: GrantItem): string {
  return `${markPrefix}${publicId(contentOf(item))}`;
}

/** What a label of a user marks as granted; undefined for a label that is no mark. */
export function markedItem(key: string, value: string): GrantItem | undefined {
  const [, kind, content = ""] = /^(role|trait):(.*)$/s.exec(value) ?? [];
  if (kind === undefined) return undefined;
  const cut = content.indexOf("=");
  const item: GrantItem =
    kind === "role"
      ? { kind, role: content }
      : { kind: "trait", trait: content.slice(0, cut), value: content.slice(cut + 1) };
  return markOf(item) === key ? item : undefined;
}
