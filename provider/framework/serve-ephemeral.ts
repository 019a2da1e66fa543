import { encodeState, NULL_BYTES } from "./answers";
import type { Core, Report } from "./core";
import { decodeValue } from "./msgpack";
import type { Json } from "./private-state";
import { problemsOf } from "./problem-diagnostic";
import { typeOfSchema } from "./schema-type";
import type { DiagnosticsAnswer, OpenAnswer, RenewAnswer, ValidateRequest } from "./server";
import { isObject, isWhollyKnown, type ObjectValue } from "./value";

/** What the framework hands to Terraform between the calls of one ephemeral resource. */
interface Envelope {
  /** Which of this process; survives renewals. */
  readonly id: number;
  readonly value: Json;
}

/** The calls about ephemeral resources. Remembers what failed in a renewal, which Terraform throws away, and tells it at close. */
export class EphemeralCalls<Api> {
  #opened = 0;
  readonly #lost = new Map<number, unknown>();

  constructor(readonly core: Core<Api>) {}

  open(request: ValidateRequest, signal: AbortSignal): Promise<OpenAnswer> {
    const find = () => this.#find(request.typeName);
    return this.core.answer(
      `opening ${request.typeName}`,
      () => find().schema.attributes,
      signal,
      (): Omit<OpenAnswer, "diagnostics"> => ({ result: NULL_BYTES, private: new Uint8Array(0) }),
      async (report) => {
        const { schema } = find();
        const opened = await find().open(this.#config(request), this.core.context(signal));
        for (const problem of opened.problems ?? []) report(problem);
        return {
          result: encodeState(schema, opened.result, false, report),
          private: seal({ id: ++this.#opened, value: opened.private ?? null }),
          ...(opened.renewAtMs === undefined ? {} : { renewAtMs: opened.renewAtMs }),
        };
      },
    );
  }

  renew(
    request: { readonly typeName: string; readonly private: Uint8Array },
    signal: AbortSignal,
  ): Promise<RenewAnswer> {
    const find = () => this.#find(request.typeName);
    return this.core.answer(
      `renewing ${request.typeName}`,
      () => find().schema.attributes,
      signal,
      (): Omit<RenewAnswer, "diagnostics"> => ({ private: request.private }),
      (report) => this.#renew(request, signal, report),
    );
  }

  async #renew(
    request: { readonly typeName: string; readonly private: Uint8Array },
    signal: AbortSignal,
    report: Report,
  ): Promise<Omit<RenewAnswer, "diagnostics">> {
    const envelope = unseal(request.private);
    try {
      const renewed = await this.#find(request.typeName).renew?.(envelope.value, this.core.context(signal));
      for (const problem of renewed?.problems ?? []) report(problem);
      return {
        private: seal({ id: envelope.id, value: renewed?.private ?? envelope.value }),
        ...(renewed?.renewAtMs === undefined ? {} : { renewAtMs: renewed.renewAtMs }),
      };
    } catch (error) {
      this.#lost.set(envelope.id, error);
      throw error;
    }
  }

  close(
    request: { readonly typeName: string; readonly private: Uint8Array },
    signal: AbortSignal,
  ): Promise<DiagnosticsAnswer> {
    const { typeName } = request;
    return this.core.answer(
      `closing ${typeName}`,
      () => this.#find(typeName).schema.attributes,
      signal,
      () => ({}),
      async (report) => {
        const envelope = unseal(request.private);
        this.#tellLost(envelope.id, typeName, signal, report);
        const problems = await this.#find(typeName).close?.(envelope.value, this.core.context(signal));
        for (const problem of problems ?? []) report(problem);
        return {};
      },
    );
  }

  #tellLost(id: number, typeName: string, signal: AbortSignal, report: Report): void {
    const error = this.#lost.get(id);
    if (!this.#lost.delete(id)) return;
    const { log } = this.core.environment;
    for (const problem of problemsOf(error, `renewing ${typeName}`, signal, log)) report(problem);
  }

  #find(typeName: string) {
    return this.core.find(this.core.ephemeralResources, "ephemeral resource", typeName);
  }

  #config(request: ValidateRequest): ObjectValue {
    const config = decodeValue(typeOfSchema(this.#find(request.typeName).schema), request.config);
    if (!isObject(config) || !isWhollyKnown(config)) throw new Error("protocol error: the configuration is not known");
    return config;
  }
}

function seal(envelope: Envelope): Uint8Array {
  return Buffer.from(JSON.stringify(envelope));
}

function unseal(bytes: Uint8Array): Envelope {
  return JSON.parse(Buffer.from(bytes).toString("utf8")) as Envelope;
}
