import type { Diagnostic } from "./diagnostic";
import type { FunctionDefinition } from "./function";
import type { PathStep } from "./path";
import type { Schema } from "./schema";

/** msgpack bytes of a value. Empty bytes mean null, as a missing DynamicValue does on the wire; answers are never empty. */
export type ValueBytes = Uint8Array;

/** Everything that GetProviderSchema, GetMetadata and GetFunctions tell. */
export interface ProviderSchemas {
  readonly provider: Schema;
  readonly resources: ReadonlyMap<string, Schema>;
  readonly dataSources: ReadonlyMap<string, Schema>;
  readonly ephemeralResources: ReadonlyMap<string, Schema>;
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
}

/** What every answer has: errors first, each once. */
export interface DiagnosticsAnswer {
  readonly diagnostics: readonly Diagnostic[];
}

/** A new state; null bytes mean gone. `private` replaces what was stored before. */
export interface StateAnswer extends DiagnosticsAnswer {
  readonly state: ValueBytes;
  readonly private: Uint8Array;
}

/** A configuration of a kind; may hold unknowns, holds write-only values. */
export interface ValidateRequest {
  readonly typeName: string;
  readonly config: ValueBytes;
}

/** A change to be planned. Null `prior`: create; null `proposed`: destroy. */
export interface PlanRequest {
  readonly typeName: string;
  readonly prior: ValueBytes;
  readonly proposed: ValueBytes;
  readonly config: ValueBytes;
  readonly private: Uint8Array;
}

/** A planned change; `requiresReplace` holds paths that really change. */
export interface PlanAnswer extends DiagnosticsAnswer {
  readonly planned: ValueBytes;
  readonly requiresReplace: readonly (readonly PathStep[])[];
  readonly private: Uint8Array;
}

/** A change to be made. Null `prior`: create; null `planned`: delete. */
export interface ApplyRequest {
  readonly typeName: string;
  readonly prior: ValueBytes;
  readonly planned: ValueBytes;
  readonly config: ValueBytes;
  readonly private: Uint8Array;
}

/** An ephemeral resource after a renewal. */
export interface RenewAnswer extends DiagnosticsAnswer {
  readonly private: Uint8Array;
  /** Epoch milliseconds; absent: no renewal wanted. */
  readonly renewAtMs?: number;
}

/** An ephemeral resource that was opened; `private` goes to renew and close. */
export interface OpenAnswer extends RenewAnswer {
  readonly result: ValueBytes;
}

/**
 * One provider process: one method an RPC of the plugin protocol, msgpack bytes and plain data in and out. No method rejects for what
 * a user, a cluster or a resource did: that is in `diagnostics`.
 */
export interface ProviderServer {
  /** The same object every time. */
  schemas(): ProviderSchemas;
  validateProviderConfig(request: { config: ValueBytes }, signal: AbortSignal): Promise<DiagnosticsAnswer>;
  configureProvider(
    request: { config: ValueBytes; terraformVersion: string },
    signal: AbortSignal,
  ): Promise<DiagnosticsAnswer>;
  validateResourceConfig(
    request: ValidateRequest & { writeOnlyAllowed: boolean },
    signal: AbortSignal,
  ): Promise<DiagnosticsAnswer>;
  validateDataSourceConfig(request: ValidateRequest, signal: AbortSignal): Promise<DiagnosticsAnswer>;
  validateEphemeralResourceConfig(request: ValidateRequest, signal: AbortSignal): Promise<DiagnosticsAnswer>;
  /** `rawState`: the JSON bytes of `RawState.json`. */
  upgradeResourceState(
    request: { typeName: string; version: number; rawState: Uint8Array },
    signal: AbortSignal,
  ): Promise<DiagnosticsAnswer & { state: ValueBytes }>;
  readResource(
    request: { typeName: string; state: ValueBytes; private: Uint8Array },
    signal: AbortSignal,
  ): Promise<StateAnswer>;
  planResourceChange(request: PlanRequest, signal: AbortSignal): Promise<PlanAnswer>;
  applyResourceChange(request: ApplyRequest, signal: AbortSignal): Promise<StateAnswer>;
  /** `resources` has one entry, none after an error. */
  importResourceState(
    request: { typeName: string; id: string },
    signal: AbortSignal,
  ): Promise<
    DiagnosticsAnswer & { resources: readonly { typeName: string; state: ValueBytes; private: Uint8Array }[] }
  >;
  readDataSource(request: ValidateRequest, signal: AbortSignal): Promise<DiagnosticsAnswer & { state: ValueBytes }>;
  openEphemeralResource(request: ValidateRequest, signal: AbortSignal): Promise<OpenAnswer>;
  renewEphemeralResource(request: { typeName: string; private: Uint8Array }, signal: AbortSignal): Promise<RenewAnswer>;
  closeEphemeralResource(
    request: { typeName: string; private: Uint8Array },
    signal: AbortSignal,
  ): Promise<DiagnosticsAnswer>;
  callFunction(
    request: { name: string; arguments: readonly ValueBytes[] },
    signal: AbortSignal,
  ): Promise<{ result: ValueBytes } | { error: { text: string; argument?: number } }>;
}
