import type { ErrorMeaning, Log } from "./context";
import type { ProblemShape } from "./diagnostic";
import type { EphemeralResource } from "./ephemeral-resource";
import type { FunctionDefinition } from "./function";
import type { DataSource, Resource } from "./resource";
import type { Schema } from "./schema";
import type { ObjectValue } from "./value";

/** What `configure` is told beside the configuration. */
export interface ConfigureContext {
  readonly signal: AbortSignal;
  /** Such as `1.11.4`. */
  readonly terraformVersion: string;
  readonly log: Log;
}

/** A whole provider, as `createProviderServer` serves it. `Api` is what its resources work with. */
export interface ProviderDefinition<Api> {
  /** Of the provider program, such as `0.1.0`. */
  readonly version: string;
  readonly schema: Schema;
  validateConfig?(config: ObjectValue): Iterable<ProblemShape>;
  /**
   * Makes what resources work with. The configuration may hold unknowns during plan: do not fail on them here, but where the value is
   * needed. Connect nothing: Terraform configures providers that it then never calls.
   */
  configure(
    config: ObjectValue,
    context: ConfigureContext,
  ): Promise<{ readonly api: Api; readonly problems?: readonly ProblemShape[] }>;
  /** What an error means to the framework; `undefined` for everything that it only has to report. */
  classify?(error: unknown): ErrorMeaning | undefined;
  readonly resources: readonly Resource<Api>[];
  readonly dataSources: readonly DataSource<Api>[];
  readonly ephemeralResources: readonly EphemeralResource<Api>[];
  readonly functions: readonly FunctionDefinition[];
}
