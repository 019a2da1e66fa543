/** A JSON number literal that `JSON.parse` would change. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** Number literals that a JS number may not give back as they stand: 16 digits or more, a fraction, an exponent, minus zero. */
const DELICATE_NUMBER = /(?:^|[:,[\s])-?(?:\d{16}|\d+[.eE]|(?<=-)0)/;

/**
 * Parses JSON without loss: delicate numbers come back as {@link JsonNumber}. `JSON.parse` does the work when the text has none, which is nearly always.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  return DELICATE_NUMBER.test(text) ? new Parser(text).parse() : JSON.parse(text);
}

/** A plain recursive parser; texts are left to `JSON.parse`. */
class Parser {
  #position = 0;

  constructor(readonly text: string) {}

  parse(): unknown {
    const value = this.#value();
    this.#blanks();
    if (this.#position < this.text.length) throw this.#unexpected();
    return value;
  }

  #value(): unknown {
    this.#blanks();
    switch (this.text[this.#position]) {
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #object(): unknown {
    const object: Record<string, unknown> = Object.create(null);
    this.#members("}", () => {
      this.#blanks();
      if (this.text[this.#position] !== '"') throw this.#unexpected();
      const key = this.#string();
      this.#blanks();
      this.#expect(":");
      object[key] = this.#value();
    });
    return object;
  }

  #array(): unknown[] {
    const elements: unknown[] = [];
    this.#members("]", () => elements.push(this.#value()));
    return elements;
  }

  #members(end: string, member: () => void): void {
    this.#position++;
    this.#blanks();
    if (this.#accept(end)) return;
    do {
      member();
      this.#blanks();
    } while (this.#accept(","));
    this.#expect(end);
  }

  #string(): string {
    const start = this.#position++;
    while (this.#position < this.text.length) {
      const char = this.text[this.#position++];
      if (char === "\\") this.#position++;
      else if (char === '"') return JSON.parse(this.text.slice(start, this.#position)) as string;
    }
    throw this.#unexpected();
  }

  #scalar(): unknown {
    const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;
    scalar.lastIndex = this.#position;
    const match = scalar.exec(this.text)?.[0];
    if (match === undefined) throw this.#unexpected();
    this.#position += match.length;
    return /[\d]/.test(match) ? new JsonNumber(match) : JSON.parse(match);
  }

  #blanks(): void {
    while (/[ \t\n\r]/.test(this.text[this.#position] ?? "")) this.#position++;
  }

  #accept(char: string): boolean {
    if (this.text[this.#position] !== char) return false;
    this.#position++;
    return true;
  }

  #expect(char: string): void {
    if (!this.#accept(char)) throw this.#unexpected();
  }

  #unexpected(): SyntaxError {
    const char = this.text[this.#position];
    const found = char === undefined ? "the text ends" : `unexpected ${JSON.stringify(char)}`;
    return new SyntaxError(`${found} at position ${this.#position}`);
  }
}
