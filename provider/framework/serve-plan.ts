import { echo, isNullBytes, NULL_BYTES, sameBytes } from "./answers";
import type { Core, Report } from "./core";
import { decodeValue, encodeValue } from "./msgpack";
import type { Path } from "./path";
import { pathSteps } from "./path";
import { configuredPaths, planObject } from "./plan";
import { PrivateState } from "./private-state";
import { replacementOf } from "./replacement";
import type { Action, PlannedChange, Resource } from "./resource";
import type { Attributes } from "./schema";
import { typeOfSchema } from "./schema-type";
import type { PlanAnswer, PlanRequest, ValueBytes } from "./server";
import { isObject, type ObjectValue } from "./value";

/** Private key: the optional-computed attributes that the last apply had from the configuration. */
export const CONFIGURED = ".configured";

type Planned = Omit<PlanAnswer, "diagnostics">;

/** PlanResourceChange. */
export function planChange<Api>(core: Core<Api>, request: PlanRequest, signal: AbortSignal): Promise<PlanAnswer> {
  const find = () => core.find(core.resources, "resource", request.typeName);
  return core.answer(
    `planning ${request.typeName}`,
    () => find().schema.attributes,
    signal,
    () => ({ planned: echo(request.proposed), requiresReplace: [], private: request.private }),
    (report) => new PlanCall(core, find(), request, signal, report).answer(),
  );
}

class PlanCall<Api> {
  readonly #private: PrivateState;

  constructor(
    readonly core: Core<Api>,
    readonly resource: Resource<Api>,
    readonly request: PlanRequest,
    readonly signal: AbortSignal,
    readonly report: Report,
  ) {
    // A new object remembers nothing of the one that it replaces.
    this.#private = isNullBytes(request.prior) ? PrivateState.empty() : PrivateState.parse(request.private);
  }

  async answer(): Promise<Planned> {
    const { prior, proposed, config } = this.request;
    if (isNullBytes(proposed)) return this.#destroy();
    if (this.#isPlainlyUnchanged()) return this.#result(prior, []);
    const state = isNullBytes(prior) ? null : this.#decode(prior);
    return this.#change(state, this.#decode(config));
  }

  async #destroy(): Promise<Planned> {
    if (!isNullBytes(this.request.prior)) {
      await this.#check({ action: "delete", prior: this.#decode(this.request.prior), planned: null, config: null });
    }
    return this.#result(NULL_BYTES, []);
  }

  /**
   * The state that Terraform proposes is the state that there is: nothing is decoded. Not so when the resource wants to look in any case, and
   * when an attribute may have left the configuration, which the proposal does not show.
   */
  #isPlainlyUnchanged(): boolean {
    const { prior, proposed, config } = this.request;
    if (this.resource.customizesUnchanged || !sameBytes(prior, proposed)) return false;
    const before = this.#configuredBefore();
    if (before.length === 0) return true;
    const now = configuredPaths(this.#attributes, this.#decode(config));
    return before.every((path) => now.includes(path));
  }

  async #change(prior: ObjectValue | null, config: ObjectValue): Promise<Planned> {
    const { schema } = this.resource;
    const drafted = planObject(schema, { config, prior, configuredBefore: this.#configuredBefore() });
    const { planned, paths } = this.#customize(prior, drafted, config);
    const isSame = planned === prior || (prior !== null && sameBytes(this.#encode(planned), this.request.prior));
    if (isSame) return this.#result(this.request.prior, []);
    const replacement = prior === null ? undefined : replacementOf(schema, prior, planned);
    for (const warning of replacement?.warnings ?? []) this.report(warning);
    const replacing = [...(replacement?.paths ?? []), ...(prior === null ? [] : paths)];
    const action: Action = prior === null ? "create" : replacing.length > 0 ? "replace" : "update";
    const checked = await this.#check({ action, prior, planned, config });
    return this.#result(this.#encode(planned), [...replacing, ...(prior === null ? [] : checked)]);
  }

  #customize(
    prior: ObjectValue | null,
    planned: ObjectValue,
    config: ObjectValue,
  ): { planned: ObjectValue; paths: readonly Path[] } {
    const isSame = planned === prior;
    if (isSame && !this.resource.customizesUnchanged) return { planned, paths: [] };
    const action: Action = prior === null ? "create" : isSame ? "none" : "update";
    const change: PlannedChange = { action, prior, planned, config };
    const adjustment = this.resource.customizePlan?.(change, { private: this.#private });
    for (const problem of adjustment?.problems ?? []) this.report(problem);
    return { planned: adjustment?.planned ?? planned, paths: adjustment?.replace ?? [] };
  }

  async #check(change: PlannedChange): Promise<readonly Path[]> {
    if (this.resource.checkPlan === undefined) return [];
    const context = this.core.resourceContext(this.signal, this.#private);
    const { problems = [], replace = [] } = await this.resource.checkPlan(change, context);
    for (const problem of problems) this.report(problem);
    return replace;
  }

  #result(planned: ValueBytes, replacing: readonly Path[]): Planned {
    return {
      planned,
      requiresReplace: distinct(replacing).map((path) => pathSteps(this.#attributes, path)),
      private: this.#private.toBytes(),
    };
  }

  #configuredBefore(): readonly string[] {
    const before = this.#private.get(CONFIGURED);
    return Array.isArray(before) ? (before as readonly string[]) : [];
  }

  get #attributes(): Attributes {
    return this.resource.schema.attributes;
  }

  #decode(bytes: ValueBytes): ObjectValue {
    const value = decodeValue(typeOfSchema(this.resource.schema), bytes);
    if (!isObject(value)) throw new Error("protocol error: an object was expected, not null or unknown");
    return value;
  }

  #encode(value: ObjectValue): ValueBytes {
    return encodeValue(typeOfSchema(this.resource.schema), value);
  }
}

function distinct(paths: readonly Path[]): readonly Path[] {
  const byText = new Map(paths.map((path) => [JSON.stringify(path), path]));
  return [...byText.keys()].sort().map((text) => byText.get(text) as Path);
}
