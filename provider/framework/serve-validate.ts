import type { Core, Report } from "./core";
import type { ProblemShape } from "./diagnostic";
import { decodeValue } from "./msgpack";
import type { Schema } from "./schema";
import { typeOfSchema } from "./schema-type";
import type { DiagnosticsAnswer, ValidateRequest, ValueBytes } from "./server";
import { type HostAbilities, schemaProblems } from "./validate";
import { isObject, type ObjectValue } from "./value";

interface Validated {
  readonly schema: Schema;
  validateConfig?(config: ObjectValue): Iterable<ProblemShape>;
}

/** The validating calls of the protocol, in one form: schema rules first, then those of the kind itself. */
function validate<Api>(
  core: Core<Api>,
  find: () => Validated,
  doing: string,
  config: ValueBytes,
  host: HostAbilities,
  signal: AbortSignal,
): Promise<DiagnosticsAnswer> {
  return core.answer(
    doing,
    () => find().schema.attributes,
    signal,
    () => ({}),
    async (report) => {
      check(find(), config, host, report);
      return {};
    },
  );
}

function check(validated: Validated, config: ValueBytes, host: HostAbilities, report: Report): void {
  const value = decodeValue(typeOfSchema(validated.schema), config);
  if (!isObject(value)) return;
  for (const problem of schemaProblems(validated.schema, value, host)) report(problem);
  for (const problem of validated.validateConfig?.(value) ?? []) report(problem);
}

/** Everything but resources may hold no write-only values at all, so the question does not arise. */
const ANY_HOST: HostAbilities = { writeOnlyAllowed: true };

/** ValidateResourceConfig. */
export function validateResource<Api>(
  core: Core<Api>,
  request: ValidateRequest & { writeOnlyAllowed: boolean },
  signal: AbortSignal,
): Promise<DiagnosticsAnswer> {
  const find = () => core.find(core.resources, "resource", request.typeName);
  return validate(core, find, `validating ${request.typeName}`, request.config, request, signal);
}

/** ValidateDataResourceConfig. */
export function validateDataSource<Api>(
  core: Core<Api>,
  request: ValidateRequest,
  signal: AbortSignal,
): Promise<DiagnosticsAnswer> {
  const find = () => core.find(core.dataSources, "data source", request.typeName);
  return validate(core, find, `validating data ${request.typeName}`, request.config, ANY_HOST, signal);
}

/** ValidateEphemeralResourceConfig. */
export function validateEphemeral<Api>(
  core: Core<Api>,
  request: ValidateRequest,
  signal: AbortSignal,
): Promise<DiagnosticsAnswer> {
  const find = () => core.find(core.ephemeralResources, "ephemeral resource", request.typeName);
  return validate(core, find, `validating ephemeral ${request.typeName}`, request.config, ANY_HOST, signal);
}

/** ValidateProviderConfig. */
export function validateProvider<Api>(
  core: Core<Api>,
  request: { config: ValueBytes },
  signal: AbortSignal,
): Promise<DiagnosticsAnswer> {
  return validate(
    core,
    () => core.definition,
    "validating the provider configuration",
    request.config,
    ANY_HOST,
    signal,
  );
}
