import type { CallContext, Environment, ResourceContext } from "./context";
import type { Diagnostic, ProblemShape } from "./diagnostic";
import type { EphemeralResource } from "./ephemeral-resource";
import type { FunctionDefinition } from "./function";
import type { PrivateState } from "./private-state";
import { diagnosticOf, orderDiagnostics, problemsOf } from "./problem-diagnostic";
import type { ProviderDefinition } from "./provider";
import type { DataSource, Resource } from "./resource";
import type { Attributes } from "./schema";

/** Takes a problem, or anything with the members of one, into the answer of the call at hand. */
export type Report = (problem: ProblemShape) => void;

/** What the calls of one provider process share: the definition by names, and what `configure` made. */
export class Core<Api> {
  readonly resources: ReadonlyMap<string, Resource<Api>>;
  readonly dataSources: ReadonlyMap<string, DataSource<Api>>;
  readonly ephemeralResources: ReadonlyMap<string, EphemeralResource<Api>>;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  #configured: { readonly api: Api } | undefined;

  constructor(
    readonly definition: ProviderDefinition<Api>,
    readonly environment: Environment,
  ) {
    this.resources = new Map(definition.resources.map((resource) => [resource.typeName, resource]));
    this.dataSources = new Map(definition.dataSources.map((source) => [source.typeName, source]));
    this.ephemeralResources = new Map(definition.ephemeralResources.map((resource) => [resource.typeName, resource]));
    this.functions = new Map(definition.functions.map((definition) => [definition.name, definition]));
  }

  configured(api: Api): void {
    this.#configured = { api };
  }

  /**
   * Looks a type name up.
   *
   * @throws a problem when this version of the provider has none of that name
   */
  find<Kind>(kinds: ReadonlyMap<string, Kind>, noun: string, name: string): Kind {
    const found = kinds.get(name);
    if (found === undefined) throw unknownType(noun, name, this.definition.version);
    return found;
  }

  context(signal: AbortSignal): CallContext<Api> {
    const { definition, environment } = this;
    return {
      api: this.#api(),
      providerVersion: definition.version,
      signal,
      log: environment.log,
      sleep: (delayMs, until) => environment.sleep(delayMs, until),
      now: () => environment.now(),
      classify: (error) => definition.classify?.(error),
    };
  }

  resourceContext(signal: AbortSignal, privateState: PrivateState): ResourceContext<Api> {
    return { ...this.context(signal), private: privateState };
  }

  /**
   * Does the work of one call. What it reports and what it throws become diagnostics; after a throw the answer is `fallback()`.
   *
   * @param doing for messages: `reading teleport_role`
   */
  async answer<Answer extends object>(
    doing: string,
    attributes: () => Attributes,
    signal: AbortSignal,
    fallback: () => Answer,
    work: (report: Report) => Promise<Answer>,
  ): Promise<Answer & { readonly diagnostics: readonly Diagnostic[] }> {
    const problems: ProblemShape[] = [];
    let answer: Answer;
    try {
      answer = await work((problem) => problems.push(problem));
    } catch (error) {
      problems.push(...problemsOf(error, doing, signal, this.environment.log));
      answer = fallback();
    }
    if (problems.length === 0) return { ...answer, diagnostics: NONE };
    const shown = problems.map((problem) => diagnosticOf(problem, attributesOrNone(attributes)));
    return { ...answer, diagnostics: orderDiagnostics(shown) };
  }

  #api(): Api {
    if (this.#configured === undefined) {
      throw new Error("protocol error: the provider is asked to work before it was configured");
    }
    return this.#configured.api;
  }
}

const NONE: readonly Diagnostic[] = [];

/** An unknown type name has no schema. */
function attributesOrNone(attributes: () => Attributes): Attributes {
  try {
    return attributes();
  } catch {
    return {};
  }
}

function unknownType(noun: string, name: string, version: string): ProblemShape {
  return {
    code: "TYPE_UNKNOWN",
    what: `version ${version} of the provider has no ${noun} "${name}"`,
    where: [],
    next: "Use a version of the provider that has it: see `required_providers` and `terraform init -upgrade`.",
  };
}
