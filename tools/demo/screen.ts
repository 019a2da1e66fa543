import { styleText } from "node:util";

const colours = process.stdout.isTTY && process.env.NO_COLOR === undefined;

function styled(format: "bold" | "dim" | "green" | "cyan", text: string): string {
  return colours ? styleText(format, text) : text;
}

export function title(text: string): void {
  process.stdout.write(`\n${styled("bold", `▸ ${text}`)}\n`);
}

export function say(text: string): void {
  process.stdout.write(`  ${text}\n`);
}

export function done(text: string): void {
  process.stdout.write(`  ${styled("green", "✓")} ${text}\n`);
}

/** What another program printed. */
export function quote(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${styled("dim", `  │ ${line}`)}\n`);
}

/** A line of source that was changed: before and after. */
export function edit(before: string, after: string): void {
  process.stdout.write(`  ${styled("cyan", `- ${before.trim()}`)}\n  ${styled("cyan", `+ ${after.trim()}`)}\n`);
}

/** Columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)];
}
