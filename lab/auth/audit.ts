import type { AuditEvent } from "./audit-log";
import type { AuthContext } from "./context";

/** Writes an audit event of this cluster, at the lab's time. */
export function audit(
  context: Pick<AuthContext, "audit" | "clusterName" | "now">,
  event: Pick<AuditEvent, "event" | "user" | "name"> & Partial<Pick<AuditEvent, "success" | "detail" | "login">>,
): void {
  context.audit.emit({ success: true, ...event, cluster: context.clusterName, timeMs: context.now() });
}
