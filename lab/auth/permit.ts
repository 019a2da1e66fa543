import type { RuleObject, Verb } from "../access";
import { accessDeniedText, assertAllowed } from "../access";
import { accessDenied } from "../trace-error";
import type { Caller } from "./caller";

/**
 * What services may do. The real lists are longer and were not read; these are the calls that this lab's own services and
 * the proxies of a root need (inferred).
 */
const serviceRules: Readonly<Record<"builtin" | "remote-builtin", Readonly<Record<string, readonly Verb[]>>>> = {
  builtin: {
    cert_authority: ["list", "readnosecrets"],
    cluster_name: ["list", "read"],
    node: ["list", "read", "create", "update", "delete"],
    remote_cluster: ["list", "read", "update"],
    role: ["list", "read"],
    trusted_cluster: ["list", "read"],
    tunnel: ["list", "read"],
    user: ["list", "read"],
  },
  "remote-builtin": {
    cert_authority: ["list", "readnosecrets"],
    cluster_name: ["list", "read"],
    node: ["list", "read"],
    role: ["list", "read"],
  },
};

/**
 * Refuses a caller whose roles do not allow all the verbs.
 *
 * @param object the object that it is about, for rules with a condition
 * @throws TraceError access_denied in the server's words
 */
export function permit(caller: Caller, kind: string, verbs: readonly Verb[], object?: RuleObject): void {
  if (caller.kind === "local-user" || caller.kind === "remote-user") {
    assertAllowed(caller, kind, verbs, object);
    return;
  }
  if (caller.kind === "builtin" && caller.systemRole === "Auth") return;
  const allowed = caller.kind === "nop" ? [] : (serviceRules[caller.kind][kind] ?? []);
  const missing = verbs.find((verb) => !allowed.includes(verb));
  if (missing !== undefined) throw accessDenied(accessDeniedText(missing, kind));
}
