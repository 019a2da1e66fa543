import type { ResourceContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import { cannotDelete, cannotDeleteYet, type Named, notChecked, stateKept } from "./object-problems";
import { isProblem } from "./problem-diagnostic";
import { relationNotThere, withUntaintHint } from "./relation-problems";
import type { RelationCall, RelationResource, StateSource } from "./relation-resource";
import { type RelationRun, runRelation } from "./relation-run";
import type { Outcome, PlanCheck, PlannedChange, Resource, StateView, Unchanged } from "./resource";
import { withDefaults, withoutUnknown } from "./state-rules";
import type { ObjectValue } from "./value";
import { mapAttributes } from "./walk";

/**
 * The resource that is brought about by steps. What it promises for every kind:
 *
 * - create, update and delete observe, decide and perform until nothing is left to do, so a call that was killed is continued by the next;
 * - a failure before anything was established changes no state; after that, the state says what there is, tainted after a create, and the
 *   error says how to go on;
 * - a relation that is gone leaves the state; one of which neither can be said stays, with the error;
 * - a relation whose connection is no longer configured keeps its state, and its delete is refused at plan.
 */
export function relation<Desired, Facts, Step, Run, Api>(
  kind: RelationResource<Desired, Facts, Step, Run, Api>,
): Resource<Api> {
  const calls = new RelationCalls(kind);
  return {
    typeName: kind.typeName,
    get schema() {
      return kind.schema;
    },
    customizesUnchanged: true,
    ...(kind.validateConfig && { validateConfig: (config) => kind.validateConfig?.(config) ?? [] }),
    ...(kind.customizePlan && { customizePlan: (change, context) => kind.customizePlan?.(change, context) ?? {} }),
    ...(kind.upgradeState && { upgradeState: (state, version) => kind.upgradeState?.(state, version) ?? state }),
    ...(kind.parseImportId && { importState: (id, context) => calls.importState(id, context) }),
    checkPlan: (change, context) => calls.checkPlan(change, context),
    create: (request, context) => calls.create(request, context),
    read: ({ state }, context) => calls.read(state, context),
    update: (request, context) => calls.update(request, context),
    delete: ({ prior }, context) => calls.delete(prior, context),
  };
}

class RelationCalls<Desired, Facts, Step, Run, Api> {
  constructor(readonly kind: RelationResource<Desired, Facts, Step, Run, Api>) {}

  async create(
    { planned, config }: { readonly planned: ObjectValue; readonly config: ObjectValue },
    context: ResourceContext<Api>,
  ): Promise<Outcome> {
    const desired = this.kind.desiredFrom({ call: "create", value: planned, config }, context);
    const run = await runRelation(this.kind, "create", desired, context);
    const source = { call: "create", desired, like: planned } as const;
    if (run.problems.length === 0) return this.#finished(run, source, context);
    const state = await this.#halfMade(run, source, context);
    return { state, problems: state === null ? run.problems : run.problems.map(withUntaintHint) };
  }

  async update(
    request: { readonly prior: ObjectValue; readonly planned: ObjectValue; readonly config: ObjectValue },
    context: ResourceContext<Api>,
  ): Promise<Outcome> {
    const { prior, planned, config } = request;
    const desired = this.kind.desiredFrom({ call: "update", value: planned, config, prior }, context);
    const run = await runRelation(this.kind, "update", desired, context);
    const source = { call: "update", desired, like: planned } as const;
    if (run.problems.length === 0) return this.#finished(run, source, context);
    return { state: (await this.#halfMade(run, source, context)) ?? prior, problems: run.problems };
  }

  async delete(prior: ObjectValue, context: ResourceContext<Api>): Promise<readonly ProblemShape[]> {
    const desired = this.kind.desiredFrom({ call: "delete", value: prior, prior }, context);
    const run = await runRelation(this.kind, "delete", desired, context);
    return run.problems.length > 0 ? run.problems : this.#warnings(run, "delete", desired);
  }

  async read(state: StateView, context: ResourceContext<Api>): Promise<Outcome | Unchanged> {
    const like = state.value();
    try {
      const desired = this.kind.desiredFrom({ call: "read", value: like }, context);
      const run = await this.#look(desired, context);
      return this.#finished(run, { call: "read", desired, like }, context);
    } catch (error) {
      const meaning = context.classify(error);
      const isAboutConnection = meaning === "connection-removed" || meaning === "connection-unknown";
      if (!isAboutConnection || !isProblem(error)) throw error;
      return { unchanged: true, problems: [stateKept(this.#named(like), error)] };
    }
  }

  async importState(
    id: string,
    context: ResourceContext<Api>,
  ): Promise<{ readonly state: ObjectValue; readonly problems?: readonly ProblemShape[] }> {
    const { attributes } = this.kind.schema;
    const said = mapAttributes(attributes, this.kind.parseImportId?.(id) ?? {}, () => undefined);
    const like = withDefaults(attributes, said);
    for (const [key, value] of Object.entries(this.kind.importedPrivate ?? {})) context.private.set(key, value);
    const desired = this.kind.desiredFrom({ call: "import", value: like }, context);
    const run = await this.#look(desired, context);
    const { state, problems = [] } = this.#finished(run, { call: "import", desired, like }, context);
    if (state === null) throw relationNotThere(this.kind.noun, id);
    return { state, problems };
  }

  async checkPlan(change: PlannedChange, context: ResourceContext<Api>): Promise<PlanCheck> {
    if (change.planned === null) {
      const refused = this.#refusedDelete(change.prior as ObjectValue, context);
      if (refused !== undefined) return { problems: [refused] };
    }
    try {
      const check = (await this.kind.checkPlan?.(change, context)) ?? {};
      return change.planned === null ? this.#ofDelete(change.prior as ObjectValue, check) : check;
    } catch (error) {
      if (context.classify(error) === "connection-unknown") return {};
      if (!isProblem(error)) throw error;
      return { problems: [context.classify(error) === "connection-removed" ? error : notChecked(error)] };
    }
  }

  /** Of what left the configuration terraform shows no address, so what is wrong with its removal names it. */
  #ofDelete(prior: ObjectValue, { problems = [] }: PlanCheck): PlanCheck {
    const named = this.#named(prior);
    const isError = ({ severity }: ProblemShape) => severity !== "warning";
    return { problems: problems.map((problem) => (isError(problem) ? cannotDeleteYet(named, problem) : problem)) };
  }

  /** A delete that cannot be done is refused before anything else of the plan is. */
  #refusedDelete(prior: ObjectValue, context: ResourceContext<Api>): ProblemShape | undefined {
    try {
      this.kind.desiredFrom({ call: "delete", value: prior, prior }, context);
      return undefined;
    } catch (error) {
      if (context.classify(error) === "connection-unknown") return undefined;
      if (!isProblem(error)) throw error;
      return cannotDelete(this.#named(prior), error);
    }
  }

  /** One observation, and no step. */
  async #look(desired: Desired, context: ResourceContext<Api>): Promise<RelationRun<Facts, Step>> {
    const facts = await this.kind.observe(desired, this.kind.createRun(), context);
    return { firstFacts: facts, facts, steps: [], problems: [] };
  }

  #finished(
    run: RelationRun<Facts, Step>,
    source: Omit<StateSource<Desired>, "failed">,
    context: ResourceContext<Api>,
  ): Outcome {
    const state = this.kind.stateFrom(run.facts, { ...source, failed: false }, context);
    if (isProblem(state)) throw state;
    const problems = [...this.#warnings(run, source.call, source.desired)];
    return { state: state === "gone" ? null : completed(state, source.like), problems };
  }

  /** What to store of a call that failed; null when nothing was established, so that nothing is to be stored. */
  async #halfMade(
    run: RelationRun<Facts, Step>,
    source: Omit<StateSource<Desired>, "failed">,
    context: ResourceContext<Api>,
  ): Promise<ObjectValue | null> {
    const isEstablished = run.steps.some((step) => this.kind.establishes?.(step) ?? true);
    if (!isEstablished) return null;
    const facts = await this.#factsAfterFailure(run, source.desired, context);
    const state = this.kind.stateFrom(facts, { ...source, failed: true }, context);
    if (state === "gone") return null;
    return completed(isProblem(state) ? source.like : state, source.like);
  }

  /** The step that failed may have been carried out, so it is looked again, if that can be. */
  async #factsAfterFailure(
    run: RelationRun<Facts, Step>,
    desired: Desired,
    context: ResourceContext<Api>,
  ): Promise<Facts> {
    if (context.signal.aborted) return run.facts;
    try {
      return await this.kind.observe(desired, this.kind.createRun(), context);
    } catch (error) {
      context.log.debug(`${this.kind.noun}: what was made could not be looked at`, { reason: String(error) });
      return run.facts;
    }
  }

  #warnings(run: RelationRun<Facts, Step>, call: RelationCall, desired: Desired): readonly ProblemShape[] {
    const { facts, firstFacts, steps } = run;
    return [...(this.kind.warnings?.(facts, { call, desired, steps, firstFacts }) ?? [])];
  }

  #named(value: ObjectValue): Named {
    const { id } = value;
    return { noun: this.kind.noun, name: typeof id === "string" ? id : "(unnamed)" };
  }
}

/** The state with what the kind did not say: as it was configured. */
function completed(state: ObjectValue, like: ObjectValue): ObjectValue {
  return { ...(withoutUnknown(like) as ObjectValue), ...state };
}
