/** Of the text of a plan or an apply: what it is about to do. */
export function planOf(lines: readonly string[]): string[] {
  const from = lines.findIndex((line) => /^(Terraform|OpenTofu) will perform|^No changes/.test(line));
  const rest = lines.slice(Math.max(from, 0));
  const to = rest.findIndex((line) => /^Plan: |^No changes/.test(line));
  return rest.slice(0, to + 1).filter((line) => line.trim() !== "");
}

/** Of an apply's or a destroy's text: what it has done. */
export function deedsOf(lines: readonly string[]): string[] {
  const deeds =
    /: (Creating|Creation|Modifying|Modifications|Destroying|Destruction|Still)|^(Apply|Destroy) complete|Warning:/;
  return lines.filter((line) => deeds.test(line));
}

/** Of any text: the warnings that begin with this, each with its explanation, without the frame that terraform draws. */
export function warningsOf(lines: readonly string[], beginning: string): string[] {
  const found = lines.flatMap((line, index) => {
    if (!unframed(line).startsWith(`Warning: ${beginning}`)) return [];
    const end = lines.findIndex((other, at) => at > index && (other.startsWith("╵") || /Warning: /.test(other)));
    return lines.slice(index, end < 0 ? undefined : end).map(unframed);
  });
  return found.filter((line) => line.trim() !== "" && !/^\s*(with|on) /.test(line));
}

function unframed(line: string): string {
  return line.replace(/^[│╷╵] ?/, "");
}
