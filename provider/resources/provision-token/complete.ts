import { formatTime, parseDurationMs, timeFromMs } from "../../../trust";
import type { Api } from "../../cluster";
import { type CallContext, type ObjectValue, Unknown } from "../../framework";
import { knownText, valueAt, withValueAt } from "../description/values";

/** Bytes of a generated name, as the official provider makes it. */
const NAME_BYTES = 32;

/** The time at which a token ends that is made now, to the second: Teleport's tools show no more. */
function expiryOf(ttl: string, nowMs: number): string {
  return formatTime(timeFromMs(Math.ceil((nowMs + parseDurationMs(ttl)) / 1000) * 1000));
}

/** Draws the name and counts the expiry where the plan left them open. */
export function completeToken(planned: ObjectValue, { api, now }: CallContext<Api>): ObjectValue {
  let completed = planned;
  if (valueAt(planned, "metadata", "name") === Unknown) {
    const name = Buffer.from(api.randomBytes(NAME_BYTES)).toString("hex");
    completed = withValueAt(completed, ["metadata", "name"], name);
  }
  if (valueAt(planned, "metadata", "expires") !== Unknown) return completed;
  const ttl = knownText(valueAt(planned, "ttl"));
  return withValueAt(completed, ["metadata", "expires"], ttl === undefined ? null : expiryOf(ttl, now()));
}
