/** From the most to the least talkative; `off` writes nothing. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "off"] as const;
export type LogLevel = (typeof logLevels)[number];

/** More about a line. Values that are neither plain data nor an Error appear as their own `toString` shows them. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where the parts of the provider write what happens; each gets one injected. A line below the level costs a comparison. */
export interface Log {
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Whether a line of that level would be written: for fields that are costly to collect. */
  enabled(level: LogLevel): boolean;
  /** The same log under another `@module`. */
  named(module: string): Log;
}

/**
 * The level that the environment asks for: the first of these variables that is set counts.
 *
 * As Terraform reads them: `JSON` means everything, as does a word that it does not know. Nothing set means `off`: the
 * host would parse each line only to throw it away (68 MB in a plan of 500 resources, by a provider that does not look).
 */
export function logLevelFromEnvironment(env: NodeJS.ProcessEnv, names: readonly string[]): LogLevel {
  const asked = names.map((name) => env[name]).find((value) => value !== undefined && value !== "");
  if (asked === undefined) return "off";
  const level = asked.toLowerCase() as LogLevel;
  return logLevels.includes(level) ? level : "trace";
}

/**
 * Lines as go-plugin hosts parse them: one JSON object each, `@level`, `@message` and `@module` always strings (anything else
 * there crashes the host). Without `@timestamp`: the host has its own.
 */
export function createLog(level: LogLevel, module: string, write: (line: string) => void): Log {
  const threshold = logLevels.indexOf(level);
  const at = (name: Exclude<LogLevel, "off">): Log["info"] => {
    if (logLevels.indexOf(name) < threshold) return ignore;
    return (message, fields) => write(logLine(name, module, message, fields));
  };
  return {
    trace: at("trace"),
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    enabled: (name) => name !== "off" && logLevels.indexOf(name) >= threshold,
    named: (name) => createLog(level, name, write),
  };
}

function ignore(): void {}

function logLine(level: LogLevel, module: string, message: string, fields: LogFields = {}): string {
  const line = { "@level": level, "@message": String(message), "@module": module };
  // A field with a name of the host's would be read as its own; a `@timestamp` that is no string crashes it.
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => !name.startsWith("@")));
  return `${JSON.stringify({ ...line, ...shownObject(own, 0) })}\n`;
}

const hidden = "(secret)";

/** A second guard behind the type that does not print: what is called a secret is not shown, whatever it is. */
function isSecretName(name: string): boolean {
  return /token|secret|password|passphrase|private|credential|cookie|authorization|identity_file/i.test(name);
}

const deepest = 4;

function shownValue(value: unknown, depth: number): unknown {
  if (value === null || ["string", "boolean", "undefined"].includes(typeof value)) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  if (depth < deepest && Array.isArray(value)) return value.map((item) => shownValue(item, depth + 1));
  if (depth < deepest && isPlainObject(value)) return shownObject(value, depth + 1);
  return ownText(value);
}

function ownText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "(cannot be shown)"; // An object without a prototype, or with a toString that throws.
  }
}

function shownObject(value: object, depth: number): object {
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, item]) => [name, isSecretName(name) ? hidden : shownValue(item, depth)]),
  );
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
