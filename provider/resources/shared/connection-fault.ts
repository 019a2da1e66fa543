import { Problem } from "../../../trust";
import type { Api, Connections } from "../../cluster";

/** What plans of this process have said already, by the connections' keys. */
const told = new WeakMap<Connections, Set<string | undefined>>();

/**
 * Why a connection cannot be used, as far as that is known without a server. It is said by the first plan that asks: to the others it is `"told"`,
 * and they have nothing to ask a server either.
 *
 * @param where the attribute that names the connection
 */
export async function connectionFault(
  { connections }: Pick<Api, "connections">,
  key: string | undefined,
  where: string,
  signal: AbortSignal,
): Promise<Problem | "told" | undefined> {
  const fault = await connections.fault(key, signal);
  if (fault === undefined) return undefined;
  const known = told.get(connections) ?? new Set();
  if (known.has(key)) return "told";
  told.set(connections, known.add(key));
  const { code, what, next } = fault;
  return new Problem(code, what, key === undefined ? [] : [where], next, { cause: fault });
}
