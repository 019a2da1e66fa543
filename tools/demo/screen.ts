import { styleText } from "node:util";

/** Where a demo is shown: a terminal, a pipe, or a test's list of texts. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** What the watcher of a demo reads. A claim is shown only when it holds, and no text ever shows a token's value. */
export class Screen {
  private readonly colours: boolean;

  /** @param tokens the values of all tokens so far: the secrets that nobody may read here */
  constructor(
    private readonly output: Output,
    private readonly tokens: () => readonly string[],
  ) {
    this.colours = output.isTTY === true && process.env.NO_COLOR === undefined;
  }

  /** Begins an act. */
  title(text: string): void {
    this.line(`\n${this.styled("bold", `▸ ${text}`)}`);
  }

  say(text: string): void {
    this.line(`  ${text}`);
  }

  /**
   * Tells something as a fact.
   *
   * @param seen what was seen in its place, for the failure
   * @throws Error when it is not so
   */
  claim(text: string, holds: boolean, seen?: unknown): void {
    if (!holds) {
      throw new Error(`it is not so that ${text}${seen === undefined ? "" : `; seen: ${JSON.stringify(seen)}`}`);
    }
    this.line(`  ${this.styled("green", "✓")} ${text}`);
  }

  /** A command, before it runs. */
  command(text: string): void {
    this.quote([`$ ${text}`]);
  }

  /** What another program printed. */
  quote(lines: readonly string[]): void {
    for (const line of lines) this.line(this.styled("dim", `  │ ${line}`));
  }

  /** A line of source that was changed: before and after. */
  edit({ before, after }: { readonly before: string; readonly after: string }): void {
    this.line(`  ${this.styled("cyan", `- ${before.trim()}`)}`);
    this.line(`  ${this.styled("cyan", `+ ${after.trim()}`)}`);
  }

  /** Whether a text holds the value of a token, or the part of it that is the secret. */
  holdsToken(text: string): boolean {
    return this.tokens().some((value) => text.includes(secretPart(value)));
  }

  private line(text: string): void {
    if (this.holdsToken(text)) throw new Error("a text that holds a token's value was about to be shown");
    this.output.write(`${text}\n`);
  }

  private styled(format: "bold" | "dim" | "green" | "cyan", text: string): string {
    return this.colours ? styleText(format, text) : text;
  }
}

/** The part of a token's name behind its public prefix, generation and date. */
function secretPart(value: string): string {
  return /[0-9a-f]{32}$/.exec(value)?.[0] ?? value;
}

/** Columns as wide as their widest cell. The first row is the head. */
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
