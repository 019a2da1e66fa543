import assert from "node:assert/strict";
import { test } from "node:test";

import type { LabOptions } from "../../lab";
import { Acceptance } from "./acceptance";
import { assertRefusedBy, onOneLine, type RefusedBy, type ShownError } from "./refusals";
import type { RunOptions } from "./terraform";

/** A configuration that the clusters do not allow, on a lab of its own. */
export interface RefusalRow {
  readonly by: RefusedBy;
  readonly lab?: LabOptions;
  /** Brings the clusters where the row wants them, and writes the configuration. */
  readonly prepare: (acceptance: Acceptance) => Promise<RunOptions | undefined>;
  readonly says: (acceptance: Acceptance) => ShownError;
  /** What the plan warns of, where only apply refuses. */
  readonly warns?: (acceptance: Acceptance) => string;
}

/** Prepares nothing but the configuration. */
export function configured(text: (acceptance: Acceptance) => string): RefusalRow["prepare"] {
  return async (acceptance) => void acceptance.configure(text(acceptance));
}

/** What is said of a leaf that is ahead of its root. */
export function newer(rootVersion: string): Pick<ShownError, "summary" | "detail"> {
  return {
    summary: `the leaf leaf.lab runs Teleport 18.2.0, the root root.lab runs ${rootVersion}: a leaf may not be a major version newer than its root`,
    detail: "Upgrade the root first, then the leaf. [TRUST_VERSION_SKEW]",
  };
}

/** A test a row, named by its key: the apply fails with the row's error alone, and no object of any cluster is another one afterwards. */
export function testRefusals(rows: Readonly<Record<string, RefusalRow>>): void {
  for (const [name, { by, lab, prepare, says, warns }] of Object.entries(rows)) {
    test(name, async () => {
      await using acceptance = await Acceptance.start(lab);
      const options = await prepare(acceptance);
      const run = await assertRefusedBy(by, acceptance, says(acceptance), options);
      const warning = warns?.(acceptance) ?? "";
      assert.ok(onOneLine(run).includes(warning), `"${warning}" is not in:\n${run.output}`);
    });
  }
}
