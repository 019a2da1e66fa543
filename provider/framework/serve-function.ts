import type { Core } from "./core";
import { FunctionArgumentError, type FunctionDefinition, type Parameter } from "./function";
import { decodeValue, encodeValue } from "./msgpack";
import { problemsOf } from "./problem-diagnostic";
import type { ValueBytes } from "./server";

type FunctionAnswer = { result: ValueBytes } | { error: { text: string; argument?: number } };

/** CallFunction: in a provider that nobody configured. */
export async function callFunction<Api>(
  core: Core<Api>,
  request: { readonly name: string; readonly arguments: readonly ValueBytes[] },
  signal: AbortSignal,
): Promise<FunctionAnswer> {
  try {
    const definition = core.find(core.functions, "function", request.name);
    const values = request.arguments.map((bytes, i) => decodeValue(parameterAt(definition, i).type, bytes));
    return { result: encodeValue(definition.returns, definition.call(values)) };
  } catch (error) {
    if (error instanceof FunctionArgumentError) return { error: { text: error.message, argument: error.argument } };
    const problems = problemsOf(error, `calling ${request.name}`, signal, core.environment.log);
    return { error: { text: problems.map(({ what, next, code }) => `${what}. ${next} [${code}]`).join("\n") } };
  }
}

function parameterAt(definition: FunctionDefinition, index: number): Parameter {
  const parameter = definition.parameters[index] ?? definition.variadic;
  if (parameter === undefined) throw new Error(`protocol error: ${definition.name} has no parameter ${index}`);
  return parameter;
}
