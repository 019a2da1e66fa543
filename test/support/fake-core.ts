import assert from "node:assert/strict";
import type {
  Diagnostic,
  Environment,
  Json,
  ObjectValue,
  PathStep,
  ProviderServer,
  Schema,
  Value,
} from "../../provider/framework";
import { isObject, isWhollyKnown, newObject, Unknown } from "../../provider/framework";
import { decodeValue, encodeValue } from "../../provider/framework/msgpack";
import { typeOfSchema } from "../../provider/framework/schema-type";
import { planFaults, proposedState, resultFaults } from "./core-rules";

const none = new Uint8Array(0);

/** What a plan showed. */
export interface ShownPlan {
  readonly action: "no-op" | "create" | "update" | "replace" | "delete" | "failed";
  readonly planned: ObjectValue | null;
  readonly requiresReplace: readonly (readonly PathStep[])[];
  readonly diagnostics: readonly Diagnostic[];
  readonly bytes: Uint8Array;
  readonly private: Uint8Array;
}

/** A log that is read by tests, and time that passes only when somebody sleeps. */
export class FakeEnvironment implements Environment {
  readonly lines: string[] = [];
  readonly slept: number[] = [];
  /** Sleeps of this length and more end with {@link wake} or with their signal. */
  longFromMs = 60_000;
  /** Called when a long sleep has begun. */
  onLongSleep: (delayMs: number) => void = () => undefined;
  readonly #asleep = new Map<() => void, number>();
  #nowMs = Date.UTC(2026, 0, 1);

  readonly log = {
    trace: (message: string) => void this.lines.push(`trace ${message}`),
    debug: (message: string) => void this.lines.push(`debug ${message}`),
    info: (message: string) => void this.lines.push(`info ${message}`),
    warn: (message: string) => void this.lines.push(`warn ${message}`),
    error: (message: string) => void this.lines.push(`error ${message}`),
  };

  now(): number {
    return this.#nowMs;
  }

  /** Ends the long sleeps that take no longer than this. */
  wake(upToMs: number): void {
    for (const [resolve, delayMs] of this.#asleep) if (delayMs <= upToMs) resolve();
  }

  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (delayMs >= this.longFromMs) {
      await new Promise<void>((resolve, reject) => {
        this.#asleep.set(resolve, delayMs);
        signal.addEventListener("abort", () => reject(signal.reason as Error));
        this.onLongSleep(delayMs);
      });
    }
    this.slept.push(delayMs);
    this.#nowMs += delayMs;
  }
}

/**
 * One resource instance as Terraform's core drives it: proposes, plans, plans again at apply, checks every answer by core's own rules, and keeps
 * state and private bytes in between.
 */
export class FakeCore {
  state: Uint8Array = none;
  private: Uint8Array = none;
  isTainted = false;
  signal: AbortSignal = new AbortController().signal;

  constructor(
    readonly server: ProviderServer,
    readonly typeName: string,
    readonly schema: Schema = server.schemas().resources.get(typeName) as Schema,
  ) {}

  /** The configuration that HCL would give: what is not said is null. */
  config(said: Readonly<Record<string, Value>>): ObjectValue {
    const config = newObject();
    for (const name of Object.keys(this.schema.attributes)) config[name] = said[name] ?? null;
    return config;
  }

  value(): ObjectValue | null {
    return this.#decode(this.state);
  }

  /** What the provider keeps beside the state. */
  memory(): Readonly<Record<string, Json>> {
    return this.private.length === 0 ? {} : (JSON.parse(Buffer.from(this.private).toString()) as Record<string, Json>);
  }

  async validate(said: Readonly<Record<string, Value>>, writeOnlyAllowed = true): Promise<readonly Diagnostic[]> {
    const config = this.#encode(this.config(said));
    const { typeName, signal } = this;
    return (await this.server.validateResourceConfig({ typeName, config, writeOnlyAllowed }, signal)).diagnostics;
  }

  async refresh(): Promise<readonly Diagnostic[]> {
    if (this.state.length === 0) return [];
    const { typeName, state, signal } = this;
    const answer = await this.server.readResource({ typeName, state, private: this.private }, signal);
    if (hasError(answer.diagnostics)) return answer.diagnostics;
    this.#keep(answer.state, answer.private);
    return answer.diagnostics;
  }

  async plan(said: Readonly<Record<string, Value>>): Promise<ShownPlan> {
    const before = this.isTainted ? none : this.state;
    const memory = this.isTainted ? none : this.private;
    const shown = await this.#planOnce(this.config(said), before, memory);
    if (shown.action !== "replace")
      return this.isTainted && shown.action === "create" ? { ...shown, action: "replace" } : shown;
    const second = await this.#planOnce(this.config(said), none, shown.private);
    return { ...second, action: "replace", requiresReplace: shown.requiresReplace, diagnostics: shown.diagnostics };
  }

  async planDestroy(): Promise<ShownPlan> {
    const { typeName, state, signal } = this;
    const request = { typeName, prior: state, proposed: none, config: none, private: this.private };
    const answer = await this.server.planResourceChange(request, signal);
    assert.equal(this.#decode(answer.planned), null, "the plan of a destroy is null");
    const action = hasError(answer.diagnostics) ? "failed" : "delete";
    return { ...answer, action, planned: null, bytes: answer.planned };
  }

  /** Plans and applies; the answer holds the diagnostics of the apply. */
  async apply(said: Readonly<Record<string, Value>>): Promise<readonly Diagnostic[]> {
    const shown = await this.plan(said);
    assert.notEqual(shown.action, "failed", JSON.stringify(shown.diagnostics));
    return this.applyPlan(said, shown);
  }

  async applyPlan(said: Readonly<Record<string, Value>>, shown: ShownPlan): Promise<readonly Diagnostic[]> {
    if (shown.action === "no-op") return [];
    if (shown.action === "replace") {
      const gone = await this.destroy();
      if (hasError(gone)) return gone;
    }
    const config = this.config(said);
    const final = await this.#planOnce(config, this.state, this.private);
    if (hasError(final.diagnostics)) return final.diagnostics;
    const drift = resultFaults(typeOfSchema(this.schema), shown.planned, final.planned);
    assert.deepEqual(drift, [], "Provider produced inconsistent final plan");
    return this.#applyOnce(config, final);
  }

  async #applyOnce(config: ObjectValue, final: ShownPlan): Promise<readonly Diagnostic[]> {
    const { typeName, signal, state: prior } = this;
    const request = { typeName, prior, planned: final.bytes, config: this.#encode(config), private: final.private };
    const answer = await this.server.applyResourceChange(request, signal);
    const applied = this.#decode(answer.state);
    const failed = hasError(answer.diagnostics);
    if (!failed) {
      assert.notEqual(applied, null, "Root object was present, but now absent");
      assert.deepEqual(
        resultFaults(typeOfSchema(this.schema), final.planned, applied),
        [],
        "Provider produced inconsistent result after apply",
      );
    }
    if (applied === null && prior.length > 0) return answer.diagnostics;
    this.#keep(answer.state, answer.private);
    this.isTainted = failed && prior.length === 0 && applied !== null;
    return answer.diagnostics;
  }

  async destroy(): Promise<readonly Diagnostic[]> {
    const { typeName, state, signal } = this;
    const request = { typeName, prior: state, planned: none, config: none, private: this.private };
    const answer = await this.server.applyResourceChange(request, signal);
    if (hasError(answer.diagnostics)) return answer.diagnostics;
    this.#keep(answer.state, answer.private);
    assert.equal(this.state.length, 0, "the object of a destroy is gone");
    this.isTainted = false;
    return answer.diagnostics;
  }

  /** As the import command: import, then read. */
  async import(id: string): Promise<readonly Diagnostic[]> {
    const { typeName, signal } = this;
    const answer = await this.server.importResourceState({ typeName, id }, signal);
    const [imported] = answer.resources;
    if (imported === undefined) return answer.diagnostics;
    this.#keep(imported.state, imported.private);
    assert.notEqual(this.state.length, 0, "Import returned null resource");
    return [...answer.diagnostics, ...(await this.refresh())];
  }

  async #planOnce(config: ObjectValue, prior: Uint8Array, memory: Uint8Array): Promise<ShownPlan> {
    const { typeName, signal } = this;
    const { attributes } = this.schema;
    const before = this.#decode(prior);
    const proposed = proposedState(attributes, config, before);
    const answer = await this.server.planResourceChange(
      { typeName, prior, proposed: this.#encode(proposed), config: this.#encode(config), private: memory },
      signal,
    );
    const planned = this.#decode(answer.planned);
    const shown = { ...answer, planned, bytes: answer.planned };
    if (hasError(answer.diagnostics)) return { ...shown, action: "failed" };
    assert.ok(planned !== null, "the plan of a configured resource is not null");
    assert.deepEqual(planFaults(attributes, config, before, planned), [], "Provider produced invalid plan");
    if (before === null) return { ...shown, action: "create" };
    if (answer.requiresReplace.length > 0) return { ...shown, action: "replace" };
    return { ...shown, action: Buffer.compare(prior, answer.planned) === 0 ? "no-op" : "update" };
  }

  #keep(state: Uint8Array, memory: Uint8Array): void {
    const value = this.#decode(state);
    assert.ok(value === null || isWhollyKnown(value), "a state is wholly known");
    this.state = value === null ? none : state;
    this.private = value === null ? none : memory;
  }

  #encode(value: ObjectValue): Uint8Array {
    return encodeValue(typeOfSchema(this.schema), value);
  }

  #decode(bytes: Uint8Array): ObjectValue | null {
    const value = decodeValue(typeOfSchema(this.schema), bytes);
    assert.notEqual(value, Unknown, "an object is never unknown as a whole");
    return isObject(value) ? value : null;
  }
}

/** Whether any diagnostic is an error. */
export function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}

/** Diagnostics as a reader sees them. */
export function told(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ severity, summary, detail }) => `${severity}: ${summary} | ${detail}`);
}
