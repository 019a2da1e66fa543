import type { CallContext } from "./context";

/** Between one look and the next; after the last, what was seen last counts. 6.35 s in all. */
const DELAYS_MS = [50, 100, 200, 400, 800, 1600, 3200] as const;

/**
 * Looks at an object until it is as it should be after a write: a cluster's cache may lag behind.
 *
 * @returns what was seen last, settled or not
 */
export async function readUntil<Message>(
  get: () => Promise<Message | undefined>,
  isSettled: (message: Message) => boolean,
  { sleep, signal }: Pick<CallContext<unknown>, "sleep" | "signal">,
): Promise<{ readonly message: Message | undefined; readonly isSettled: boolean }> {
  let message = await get();
  for (const delayMs of DELAYS_MS) {
    if (message !== undefined && isSettled(message)) return { message, isSettled: true };
    await sleep(delayMs, signal);
    message = await get();
  }
  return { message, isSettled: message !== undefined && isSettled(message) };
}
