/** A command line that a node does not run: the message says what is wrong with it. */
export class CommandLineError extends Error {
  override readonly name = "CommandLineError";
}

/** What a shell would act on; a node has none, and must not pretend that these were plain text. */
const shellSyntax = new Set("|&;<>()$`*?[]{}~#!\n\r\0");

interface Scan {
  readonly text: string;
  at: number;
}

/**
 * Splits a command line into words, as a POSIX shell does it with spaces, quotes and backslashes. Nothing is expanded.
 *
 * @throws CommandLineError for an open quote, and for anything that a shell would act on
 */
export function splitCommandLine(text: string): string[] {
  const scan: Scan = { text: text.trim(), at: 0 };
  const words: string[] = [];
  while (scan.at < scan.text.length) {
    if (isSpace(scan.text[scan.at])) scan.at += 1;
    else words.push(readWord(scan));
  }
  return words;
}

function isSpace(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

function readWord(scan: Scan): string {
  let word = "";
  while (scan.at < scan.text.length && !isSpace(scan.text[scan.at])) word += readPiece(scan);
  return word;
}

function readPiece(scan: Scan): string {
  const character = scan.text[scan.at] as string;
  scan.at += 1;
  if (character === "'") return readUntilQuote(scan, "'");
  if (character === '"') return readUntilQuote(scan, '"');
  if (character === "\\") return readEscaped(scan);
  if (shellSyntax.has(character)) {
    throw new CommandLineError(`${JSON.stringify(character)} is for a shell, and there is none here: quote it`);
  }
  return character;
}

function readUntilQuote(scan: Scan, quote: string): string {
  let piece = "";
  for (; scan.at < scan.text.length; scan.at += 1) {
    const character = scan.text[scan.at] as string;
    if (character === quote) {
      scan.at += 1;
      return piece;
    }
    piece += quote === '"' ? readInDoubleQuotes(scan) : character;
  }
  throw new CommandLineError(`a quote ${quote} is never closed`);
}

/** Between double quotes a backslash protects a few characters, and two would be expanded by a shell. */
function readInDoubleQuotes(scan: Scan): string {
  const character = scan.text[scan.at] as string;
  if (character === "$" || character === "`") {
    throw new CommandLineError(`${JSON.stringify(character)} is for a shell, and there is none here: quote it with '`);
  }
  const next = scan.text[scan.at + 1];
  if (character !== "\\" || next === undefined || !'"\\$`'.includes(next)) return character;
  scan.at += 1;
  return next;
}

function readEscaped(scan: Scan): string {
  const character = scan.text[scan.at];
  if (character === undefined) throw new CommandLineError("a backslash protects nothing at the end of the line");
  scan.at += 1;
  return character;
}
