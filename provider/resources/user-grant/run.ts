/** What one call has done so far. */
export interface GrantRun {
  attempts: number;
  wasWritten: boolean;
  settles: number;
}

/** A call that has not done anything yet. */
export function createRun(): GrantRun {
  return { attempts: 0, wasWritten: false, settles: 0 };
}
