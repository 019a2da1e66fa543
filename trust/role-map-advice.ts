import { isRegexpExpression } from "./expression";
import { Problem } from "./problem";
import { containsExpansion, type RoleMapping } from "./role-map";

function remoteAdvice({ remote }: RoleMapping, row: number): Problem[] {
  const where = [row, "remote"];
  if (isRegexpExpression(remote)) return hasLooseAlternation(remote) ? [alternationAdvice(remote, where)] : [];
  if (!remote.startsWith("^") && !remote.endsWith("$")) return [];
  return [
    new Problem(
      "TRUST_ROLE_MAP_PATTERN",
      `\`remote\` ${JSON.stringify(remote)} is taken literally, not as a regular expression`,
      where,
      "A regular expression begins with `^` and ends with `$`.",
    ),
  ];
}

function alternationAdvice(remote: string, where: readonly (string | number)[]): Problem {
  return new Problem(
    "TRUST_ROLE_MAP_PATTERN",
    `\`remote\` ${JSON.stringify(remote)} matches parts of role names: \`^\` binds to its first branch only and \`$\` to its last`,
    where,
    `Write ${JSON.stringify(`^(${remote.slice(1, -1)})$`)} to match whole names.`,
  );
}

/** Whether an alternation stands outside of all groups and classes, where the anchors bind tighter than it does. */
function hasLooseAlternation(pattern: string): boolean {
  let depth = 0;
  for (const [token] of pattern.matchAll(
    /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]|[\s\S]/g,
  )) {
    if (token === "(") depth++;
    else if (token === ")") depth--;
    else if (token === "|" && depth === 0) return true;
  }
  return false;
}

/** `$1_admin` names a group `1_admin`, which no pattern has. */
function localAdvice(local: string, row: number, at: number): Problem | undefined {
  const glued = /\$(\d+)([\p{L}_][\p{L}\p{Nd}_]*)/u.exec(local);
  if (glued === null || !containsExpansion(local)) return undefined;
  const [whole, index, rest] = glued;
  return new Problem(
    "TRUST_ROLE_MAP",
    `\`local\` ${JSON.stringify(local)} names a group "${index}${rest}", which does not exist and expands to nothing`,
    [row, "local", at],
    `Write ${JSON.stringify(local.replace(whole, `\${${index}}${rest}`))} to mean group ${index}.`,
  );
}

/**
 * Finds what the leaf accepts in a role map and what is hardly ever meant: a pattern that is taken literally, an
 * alternation that matches parts of names, a capture that expands to nothing. To be shown as warnings; paths begin
 * inside the map.
 *
 * Source: teleport-api §5.3.
 */
export function roleMapAdvice(map: readonly RoleMapping[]): Problem[] {
  return map.flatMap((mapping, row) => [
    ...remoteAdvice(mapping, row),
    ...mapping.local.flatMap((local, at) => localAdvice(local, row, at) ?? []),
  ]);
}
