import { Problem } from "../trust";
import { type Api, createBestEffort, createConnections, type Surroundings } from "./cluster";
import { dataSources } from "./data-sources";
import { ephemeralResources } from "./ephemeral-resources";
import { asWarning, type ErrorMeaning, type ProviderDefinition } from "./framework";
import { functions } from "./functions";
import { providerSchema } from "./provider-schema";
import { readProviderSettings } from "./provider-settings";
import { resources } from "./resources";
import { validateProvider } from "./validate-provider";

/** What the provider needs of the outside; main.ts gives the real ones. */
export interface ProviderOptions {
  /** Of the provider program, such as `0.1.0`. */
  readonly version: string;
  readonly surroundings: Surroundings;
  readonly randomBytes: (size: number) => Uint8Array;
  /** Shown with every configure, such as that of a moved clock. */
  readonly warnings: readonly Problem[];
}

/** Makes the provider `teleport`: what Terraform's core may ask of it. Nothing is dialled before a resource calls a cluster. */
export function createProvider({
  version,
  surroundings,
  randomBytes,
  warnings,
}: ProviderOptions): ProviderDefinition<Api> {
  return {
    version,
    schema: providerSchema,
    validateConfig: validateProvider,
    async configure(config, { signal }) {
      const settings = await readProviderSettings(config, surroundings);
      const connections = createConnections(settings.connections, surroundings);
      const credentialWarnings = await connections.credentialWarnings(signal);
      return {
        api: { connections, bestEffort: createBestEffort(), randomBytes, wallClock: surroundings.wallClock },
        problems: [...settings.problems, ...[...warnings, ...settings.warnings, ...credentialWarnings].map(asWarning)],
      };
    },
    classify: meaningOf,
    resources,
    dataSources,
    ephemeralResources,
    functions,
  };
}

/** What a cluster's problem means to the framework. */
function meaningOf(error: unknown): ErrorMeaning | undefined {
  if (!(error instanceof Problem)) return undefined;
  switch (error.code) {
    case "CONNECTION_NOT_CONFIGURED":
      return "connection-removed";
    case "CONNECTION_UNKNOWN":
      return "connection-unknown";
    case "API_CONFLICT":
      return "conflict";
    case "API_ALREADY_EXISTS":
      return "exists";
    default:
      return undefined;
  }
}
