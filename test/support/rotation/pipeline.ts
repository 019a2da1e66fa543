import assert from "node:assert/strict";
import fc from "fast-check";

import { rotatingTokenEphemeral } from "../../../provider/ephemeral-resources/rotating-token";
import { relation } from "../../../provider/framework";
import { rotatingToken } from "../../../provider/resources/rotating-token";
import { formatDurationMs, generationOf, Problem, parseTime, publicId } from "../../../trust";
import { MiniTerraform } from "../mini-terraform";
import type { RotationWorld } from "./world";

const seconds = 1_000;
const id = publicId("root.lab/leaf");
const resource = relation(rotatingToken);

/** What a rotating token is configured with. */
export interface Terms {
  readonly ttlMs: number;
  readonly rotateAfterMs: number;
  readonly overlapMs: number;
}

/** One event: how much time passes before it, as a share of `rotate_after`, and what happens then. */
export interface Event {
  readonly share: number;
  readonly kind: "run" | "killed run" | "hand out" | "other terms";
  readonly killAt: number;
}

/** Terms of all proportions that hold. @param shortestS of an overlap, in seconds */
export function anyTerms(shortestS: number): fc.Arbitrary<Terms> {
  const parts = fc.record({
    overlapS: fc.integer({ min: shortestS, max: 100_000 }),
    beyondOverlapS: fc.integer({ min: 0, max: 100_000 }),
    beyondBothS: fc.integer({ min: 0, max: 200_000 }),
  });
  return parts.map(({ overlapS, beyondOverlapS, beyondBothS }) => {
    const rotateAfterS = overlapS + beyondOverlapS;
    const ttlS = rotateAfterS + overlapS + beyondBothS;
    return { ttlMs: ttlS * seconds, rotateAfterMs: rotateAfterS * seconds, overlapMs: overlapS * seconds };
  });
}

/** Evenly drawn: fast-check likes numbers next to nothing, and in these nothing happens. */
function share(min: number, max: number): fc.Arbitrary<number> {
  return fc.noBias(fc.integer({ min: min * 1000, max: max * 1000 })).map((thousandths) => thousandths / 1000);
}

/** What happens in months. @param mostCalls how many calls a run makes at most: a killed one dies at any of them */
export function anyEvents(mostCalls: number): fc.Arbitrary<Event[]> {
  const event = fc.record({
    // Mostly about as often as a pipeline runs; now and then so late that everything has expired.
    share: fc.oneof({ weight: 6, arbitrary: share(0, 1.5) }, { weight: 1, arbitrary: share(2, 6) }),
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom<Event["kind"]>("run", "run", "hand out") },
      { weight: 3, arbitrary: fc.constant<Event["kind"]>("killed run") },
      { weight: 3, arbitrary: fc.constant<Event["kind"]>("other terms") },
    ),
    killAt: fc.integer({ min: 1, max: mostCalls }),
  });
  return fc.array(event, { minLength: 60, maxLength: 100, size: "max" });
}

/** A value that somebody was given. */
interface HandedOut {
  readonly token: string;
  readonly atMs: number;
  /** For how long it is promised: the shortest overlap that was configured since. */
  readonly promisedMs: number;
}

function saidOf({ ttlMs, rotateAfterMs, overlapMs }: Terms) {
  return {
    cluster: "root",
    name: "leaf",
    ttl: formatDurationMs(ttlMs),
    rotate_after: formatDurationMs(rotateAfterMs),
    overlap: formatDurationMs(overlapMs),
  };
}

/** A scheduled pipeline with one rotating token: each run is a process of its own, and only the state is kept between them. */
export class Pipeline {
  readonly terraform: MiniTerraform;
  handedOut: readonly HandedOut[] = [];
  rotations = 0;
  kills = 0;
  #contextOf: MiniTerraform["contextOf"] = () => assert.fail("there is no provider");

  /** @param others the terms that are configured in turn with the first, by the event `other terms` */
  constructor(
    readonly world: RotationWorld,
    private terms: Terms,
    private others: Terms = terms,
  ) {
    this.terraform = new MiniTerraform(resource, () => this.#contextOf());
  }

  /** When the next rotation is due, by the state. */
  get rotatesMs(): number {
    return parseTime(String(this.terraform.state?.rotates)).seconds * 1000;
  }

  async happens({ kind, killAt }: Event): Promise<void> {
    if (kind === "hand out") return this.handOut();
    if (kind === "other terms") return this.#changeTerms();
    const { state } = this.terraform;
    const apply = () => this.terraform.apply(saidOf(this.terms));
    const outcome =
      kind === "run"
        ? await this.world.process((context) => this.#with(context, apply))
        : await this.world.doomed(killAt, (context) => this.#with(context, apply));
    if (outcome === undefined) {
      this.kills++;
      // A killed provider stores nothing.
      this.terraform.state = state;
      return;
    }
    if (outcome.action !== "none") this.rotations++;
    await this.assertSettled();
  }

  #changeTerms(): void {
    [this.terms, this.others] = [this.others, this.terms];
    const { overlapMs } = this.terms;
    this.handedOut = this.handedOut.map((each) => ({ ...each, promisedMs: Math.min(each.promisedMs, overlapMs) }));
  }

  #with<T>(context: MiniTerraform["contextOf"], work: () => Promise<T>): Promise<T> {
    this.#contextOf = context;
    return work();
  }

  async assertSettled(): Promise<void> {
    const leftMs = this.rotatesMs - this.world.nowMs;
    assert(leftMs > 0, "the next date is over already");
    await this.world.process(async (context) => {
      const isSettled = (aheadMs: number) => {
        const later = () => ({ ...context(), now: () => this.world.nowMs + aheadMs });
        return this.#with(later, () => this.terraform.isSettled(saidOf(this.terms)));
      };
      assert(await isSettled(0), "the plan after an apply is not empty");
      // Time may pass meanwhile: a second before the date is before it.
      if (leftMs > seconds) assert(await isSettled(leftMs - seconds), "the plan is not empty until the next date");
      assert(!(await isSettled(leftMs)), "the plan is empty at the next date");
      assert(await isSettled(0), "a look ahead has changed something");
    });
    this.assertNoOrphan();
  }

  /** All live tokens are the newest, and one before it that ends with its overlap. */
  assertNoOrphan(): void {
    const made = this.world.live().map((token) => ({ ...token, ...generationOf(id, token.name) }));
    made.sort((a, b) => (b.generation ?? 0) - (a.generation ?? 0));
    const [newest, ...older] = made;
    assert.equal(newest?.generation, this.terraform.state?.generation);
    for (const { expiresMs } of older) assert(expiresMs <= (newest?.madeMs ?? 0) + this.terms.overlapMs, "an orphan");
  }

  async handOut(): Promise<void> {
    const { state } = this.terraform;
    if (state === null) return;
    const { generation } = state;
    const { cluster, name, overlap } = saidOf(this.terms);
    const config = { cluster, name, overlap, generation: generation ?? 0 };
    const atMs = this.world.nowMs;
    try {
      const { result } = await this.world.process((context) => rotatingTokenEphemeral.open(config, context()));
      const promisedMs = this.terms.overlapMs;
      this.handedOut = [...this.handedOut, { token: String(result.token), atMs, promisedMs }];
    } catch (error) {
      assert(error instanceof Problem && error.code === "ROTATION_APPLY_FIRST", String(error));
    }
  }

  /** What users are promised, now. */
  assertPromises(): void {
    const accepted = new Set(this.world.live().map(({ name }) => name));
    assert(accepted.size <= 2, `${accepted.size} tokens are live`);
    for (const { token, atMs, promisedMs } of this.handedOut) {
      if (this.world.nowMs - atMs < promisedMs) assert(accepted.has(token), "a value ended before its overlap");
    }
  }

  /** Moves the clock to a moment, and on the way stops where a promise is about to end. */
  async #wait(untilMs: number): Promise<void> {
    const ends = this.handedOut.map(({ atMs, promisedMs }) => atMs + promisedMs - this.world.slackMs);
    const moments = ends.filter((ms) => ms > this.world.nowMs && ms < untilMs).sort((a, b) => a - b);
    for (const ms of [...moments, untilMs]) {
      await this.world.advance(Math.max(0, ms - this.world.nowMs));
      this.assertPromises();
    }
  }

  /** Lets all of this happen, and looks at the promises between the events, too. */
  async live(events: readonly Event[]): Promise<void> {
    for (const each of events) {
      await this.#wait(this.world.nowMs + Math.floor(each.share * this.terms.rotateAfterMs));
      await this.happens(each);
      this.assertPromises();
    }
  }

  async end(): Promise<void> {
    await this.happens({ share: 0, kind: "run", killAt: 0 });
    await this.world.process((context) => this.#with(context, () => this.terraform.destroy()));
    assert.deepEqual(this.world.live(), []);
  }

  assertNoSecret(): void {
    const shown = [this.terraform.privateText, ...this.world.log, JSON.stringify(this.terraform.state)];
    const secrets = this.world.issued.map((token) => token.slice(-32));
    for (const text of shown) for (const secret of secrets) assert(!text.includes(secret), text);
  }
}
