import type { PrivateState } from "../../framework";

/** What a read tells the plan beside the state. */
export interface PendingMemory {
  readonly kind: "rotate" | "tidy";
  /** What applying right after the read would come to, for people. */
  readonly forecast: string;
}

/** Remembers what is pending; undefined: nothing is. */
export function rememberPending(memory: PrivateState, pending: PendingMemory | undefined): void {
  if (pending === undefined && memory.get("pending") === undefined) return;
  memory.set("pending", pending === undefined ? undefined : { ...pending });
}

/** What the last read found pending. */
export function pendingBefore(memory: PrivateState): PendingMemory | undefined {
  const pending = memory.get("pending");
  if (typeof pending !== "object" || pending === null || Array.isArray(pending)) return undefined;
  const { kind, forecast } = pending as { readonly kind?: unknown; readonly forecast?: unknown };
  return { kind: kind === "tidy" ? "tidy" : "rotate", forecast: typeof forecast === "string" ? forecast : "" };
}
