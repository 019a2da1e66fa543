// Reporter for node's test runner: everything about what fails, and a tally for tools/test.ts.
import { relative } from "node:path";
import { inspect } from "node:util";

interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly nesting?: number;
    readonly file?: string;
    readonly line?: number;
    readonly message?: string;
    readonly skip?: unknown;
    readonly todo?: unknown;
    readonly details?: { readonly duration_ms?: number; readonly type?: string; readonly error?: unknown };
  };
}

function failureText({ data }: TestEvent): string {
  const error = data.details?.error;
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause, { depth: 6 });
  const file = data.file === undefined ? "" : ` (${relative(process.cwd(), data.file)}:${data.line ?? 0})`;
  return `FAIL ${data.name}${file}\n${text.replaceAll(/^/gm, "    ")}\n`;
}

async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  const millisecondsByFile: Record<string, number> = {};
  for await (const event of events) {
    const { type, data } = event;
    // Suites are counted by their tests.
    const isTest = data.details?.type !== "suite";
    if ((type === "test:pass" || type === "test:fail") && data.nesting === 0 && data.file !== undefined) {
      millisecondsByFile[data.file] = (millisecondsByFile[data.file] ?? 0) + (data.details?.duration_ms ?? 0);
    }
    if (type === "test:pass" && isTest) {
      if (data.skip !== undefined || data.todo !== undefined) {
        tally.skipped++;
        yield `SKIP ${data.name}\n`;
      } else tally.passed++;
    }
    if (type === "test:fail") {
      if (isTest) tally.failed++;
      yield failureText(event);
    }
    if (type === "test:stderr" || (type === "test:diagnostic" && data.message?.startsWith("seed"))) {
      yield `${data.message ?? ""}${data.message?.endsWith("\n") ? "" : "\n"}`;
    }
  }
  yield `@tally ${JSON.stringify({ ...tally, millisecondsByFile })}\n`;
}

// The runner imports a reporter, and of a CommonJS module an import sees `module.exports` as the default.
export = report;
