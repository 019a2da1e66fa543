/** Of the text of a plan or an apply: what it is about to do. */
export function planOf(lines: readonly string[]): string[] {
  const from = lines.findIndex((line) => /^(Terraform|OpenTofu) will perform|^No changes/.test(line));
  const rest = lines.slice(Math.max(from, 0));
  const to = rest.findIndex((line) => /^Plan: |^No changes/.test(line));
  return withoutReads(rest.slice(0, to + 1)).filter((line) => line.trim() !== "");
}

/** Data sources that are read during apply change nothing. */
function withoutReads(plan: readonly string[]): string[] {
  let isRead = false;
  return plan.filter((line) => {
    if (/^\s*# data\./.test(line)) isRead = true;
    const isLeftOut = isRead;
    if (/^ {4}\}$/.test(line)) isRead = false;
    return !isLeftOut;
  });
}

/** Of an apply's or a destroy's text: what it has done. */
export function deedsOf(lines: readonly string[]): string[] {
  const deeds =
    /: (Creating|Creation|Modifying|Modifications|Destroying|Destruction|Still)|^(Apply|Destroy) complete|Warning:/;
  return lines.filter((line) => deeds.test(line));
}

/** Of any text: the warnings that begin with this, each with its explanation, without place and frame. */
export function warningsOf(lines: readonly string[], beginning: string): string[] {
  const plain = lines.map((line) => line.replace(/^[│╷╵] ?/, ""));
  return plain.flatMap((line, index) => {
    if (!line.startsWith(`Warning: ${beginning}`)) return [];
    const rest = plain.slice(index + 1);
    const end = rest.findIndex((other) => /^(Warning: |Error: |\(and |Apply complete|Plan: |─)/.test(other));
    const explanation = end < 0 ? rest : rest.slice(0, end);
    return [line, ...explanation.filter((other) => other.trim() !== "" && !/^\s+(with|on|\d+:) /.test(other))];
  });
}
