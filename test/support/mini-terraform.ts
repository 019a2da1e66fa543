import assert from "node:assert/strict";

import type { Api } from "../../provider/cluster";
import {
  newObject,
  type ObjectValue,
  type PlanAdjustment,
  PrivateState,
  type ProblemShape,
  type Resource,
  type ResourceContext,
  typeOfSchema,
} from "../../provider/framework";
import { valuesEqual } from "../../provider/framework/equality";
import { planObject } from "../../provider/framework/plan";

/** What one run did. */
export interface RunOutcome {
  readonly action: "none" | "create" | "update" | "replace";
  /** Of the plan and of the apply, as texts: `error CODE what`. */
  readonly problems: readonly string[];
}

/**
 * One resource as Terraform's core works on it: refresh, plan, apply, with a state and private state that only answers
 * change. Without a process, so that thousands of runs take no time. What the real core adds is tested by real terraform.
 */
export class MiniTerraform {
  state: ObjectValue | null = null;
  #private: Uint8Array = new Uint8Array(0);

  constructor(
    readonly resource: Resource<Api>,
    readonly contextOf: () => ResourceContext<Api>,
  ) {}

  /** A configuration: null where nothing is said. */
  config(said: Readonly<Record<string, unknown>>): ObjectValue {
    const value = newObject();
    for (const name of Object.keys(this.resource.schema.attributes)) value[name] = null;
    return Object.assign(value, said);
  }

  #context(bytes = this.#private): ResourceContext<Api> {
    return { ...this.contextOf(), private: PrivateState.parse(bytes) };
  }

  /** What the private state holds, for a look at what it must not hold. */
  get privateText(): string {
    return Buffer.from(this.#private).toString("utf8");
  }

  async refresh(): Promise<readonly string[]> {
    if (this.state === null) return [];
    const { state } = this;
    const context = this.#context();
    const outcome = await this.resource.read({ state: { value: () => state, pick: () => state } }, context);
    if ("state" in outcome) this.state = outcome.state;
    this.#private = context.private.toBytes();
    return texts(outcome.problems);
  }

  /** The planned object, or the state itself when there is nothing to do. Never asks a clock, and gives the same twice. */
  plan(said: Readonly<Record<string, unknown>>): { planned: ObjectValue; adjustment: PlanAdjustment; isNew: boolean } {
    const config = this.config(said);
    const { schema } = this.resource;
    const draft = planObject(schema, { config, prior: this.state, configuredBefore: [] });
    const action = this.state === null ? "create" : draft === this.state ? "none" : "update";
    const change = { action, prior: this.state, planned: draft, config } as const;
    const adjustment = this.resource.customizePlan?.(change, this.#context()) ?? {};
    return { planned: adjustment.planned ?? draft, adjustment, isNew: this.state === null };
  }

  /** Whether a plan right now is empty; refreshes. */
  async isSettled(said: Readonly<Record<string, unknown>>): Promise<boolean> {
    await this.refresh();
    return this.state !== null && this.#isSame(this.plan(said).planned);
  }

  #isSame(planned: ObjectValue): boolean {
    return this.state !== null && valuesEqual(typeOfSchema(this.resource.schema), planned, this.state);
  }

  /** Refreshes, plans, applies. Throws what the resource throws; then the state is what the refresh made it. */
  async apply(said: Readonly<Record<string, unknown>>): Promise<RunOutcome> {
    const before = await this.refresh();
    const { planned, adjustment, isNew } = this.plan(said);
    assert.deepEqual(this.plan(said).planned, planned, "the plan is not deterministic");
    const announced = [...before, ...texts(adjustment.problems)];
    if (this.#isSame(planned)) return { action: "none", problems: announced };
    const context = this.#context(isNew ? new Uint8Array(0) : this.#private);
    const config = this.config(said);
    const outcome =
      this.state === null
        ? await this.resource.create({ planned, config }, context)
        : await this.resource.update({ prior: this.state, planned, config }, context);
    this.state = outcome.state;
    this.#private = outcome.state === null ? new Uint8Array(0) : context.private.toBytes();
    return { action: isNew ? "create" : "update", problems: [...announced, ...texts(outcome.problems)] };
  }

  async destroy(): Promise<readonly string[]> {
    const refreshed = await this.refresh();
    if (this.state === null) return refreshed;
    const problems = (await this.resource.delete({ prior: this.state }, this.#context())) ?? [];
    if (problems.some(({ severity }) => severity !== "warning")) return [...refreshed, ...texts(problems)];
    this.state = null;
    this.#private = new Uint8Array(0);
    return [...refreshed, ...texts(problems)];
  }

  async import(id: string): Promise<readonly string[]> {
    const context = this.#context(new Uint8Array(0));
    assert(this.resource.importState, "the resource cannot be imported");
    const { state, problems } = await this.resource.importState(id, context);
    this.state = state;
    this.#private = context.private.toBytes();
    return texts(problems);
  }
}

function texts(problems: readonly ProblemShape[] = []): string[] {
  return problems.map(({ severity = "error", code, what }) => `${severity} ${code} ${what}`);
}
