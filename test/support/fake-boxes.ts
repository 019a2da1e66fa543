import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** One object of the fake API. */
export interface Box {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly note: string;
  readonly size: number;
  readonly color: string;
  readonly secret: string;
  readonly token: string;
  readonly lid?: { readonly material: string; readonly locked: boolean };
  /** No schema knows it: it must survive every update. */
  readonly hidden?: string;
  readonly revision: string;
}

/** A fake API's objects: in memory, or in a file so that several processes see the same. */
export class Boxes {
  #boxes = new Map<string, Box>();
  #revisions = 0;
  /** Every call, as `get a`, in order. */
  readonly calls: string[] = [];
  /** Called before each call is carried out; throws to make it fail. */
  before: (call: string) => void = () => undefined;
  /** Called when a call was carried out, before its answer leaves; throws to lose the answer. */
  after: (call: string) => void = () => undefined;
  /** What reads answer for so many reads after a write: the state before it, as a lagging cache does. */
  staleReads = 0;
  #stale = new Map<string, Box | undefined>();
  #readsLeft = 0;

  constructor(readonly file?: string) {}

  get(name: string): Box | undefined {
    return this.#call(`get ${name}`, () => {
      if (this.#readsLeft > 0 && this.#stale.has(name)) {
        this.#readsLeft--;
        return this.#stale.get(name);
      }
      return this.#load().get(name);
    });
  }

  put(box: Box): void {
    this.#call(`put ${box.name}`, () => {
      const boxes = this.#load();
      this.#stale = new Map([[box.name, boxes.get(box.name)]]);
      this.#readsLeft = this.staleReads;
      const stored = { ...box, size: box.size || 7, color: box.color || "grey", revision: this.#nextRevision() };
      boxes.set(box.name, { ...stored, lid: box.lid ?? { material: "wood", locked: false } });
      this.#save(boxes);
    });
  }

  delete(name: string): void {
    this.#call(`delete ${name}`, () => {
      const boxes = this.#load();
      boxes.delete(name);
      this.#save(boxes);
    });
  }

  /** Changes a box as somebody else would, unseen by `calls`. */
  change(name: string, changes: Partial<Box>): void {
    const boxes = this.#load();
    boxes.set(name, { ...(boxes.get(name) as Box), ...changes, revision: this.#nextRevision() });
    this.#save(boxes);
  }

  /** All boxes as they are, unseen by `calls`. */
  all(): ReadonlyMap<string, Box> {
    return this.#load();
  }

  remove(name: string): void {
    const boxes = this.#load();
    boxes.delete(name);
    this.#save(boxes);
  }

  #call<Result>(call: string, work: () => Result): Result {
    this.calls.push(call);
    this.before(call);
    const result = work();
    this.after(call);
    return result;
  }

  #nextRevision(): string {
    return `r${process.pid}-${++this.#revisions}`;
  }

  #load(): Map<string, Box> {
    if (this.file === undefined) return this.#boxes;
    if (!existsSync(this.file)) return new Map();
    return new Map(Object.entries(JSON.parse(readFileSync(this.file, "utf8")) as Record<string, Box>));
  }

  #save(boxes: Map<string, Box>): void {
    if (this.file === undefined) this.#boxes = boxes;
    else writeFileSync(this.file, JSON.stringify(Object.fromEntries(boxes), undefined, 1));
  }
}
