import { clone } from "@bufbuild/protobuf";

import { alreadyExists, compareFailed, notFound } from "../trace-error";
import type { StoredKind, StoredKinds } from "./kinds";
import { storageKey, storedSchemas } from "./kinds";

/** One change of the storage, as its listeners see it. */
export interface StorageEvent {
  readonly type: "put" | "delete";
  readonly kind: StoredKind;
  /** `metadata.name`, or the authority's key. */
  readonly key: string;
}

/** What must hold of one object for an atomic write to happen at all. */
export type Condition = "any" | "exists" | "absent" | { readonly revision: string };

/** One part of an atomic write: a condition, and what to do when all conditions hold. */
export type AtomicStep =
  | { readonly kind: StoredKind; readonly when: Condition; readonly delete: string }
  | { readonly kind: StoredKind; readonly when: Condition; readonly check: string }
  | { [Kind in StoredKind]: PutStep<Kind> }[StoredKind]
  | PutStep<"cert_authority" | "deactivated_cert_authority">;

interface PutStep<Kind extends StoredKind> {
  readonly kind: Kind;
  readonly when: Condition;
  readonly put: StoredKinds[Kind];
}

/** Where the storage has its time and its revisions from. */
export interface StorageOptions {
  /** The lab's clock, epoch milliseconds: objects whose `metadata.expires` has passed are gone. */
  readonly now: () => number;
  /** A text that was never given before. */
  readonly newRevision: () => string;
}

/**
 * The objects of one cluster.
 *
 * Whatever goes in or out is a copy. Each write gives the object a new revision and the namespace `default`. Expired
 * objects are deleted when somebody looks for them.
 *
 * Fields that the lab's messages lack are kept, which a real server of the same age would not do: so a test can plant
 * what only a newer server knows, and see whether it survives.
 */
export class ClusterStorage {
  readonly #objects = new Map<StoredKind, Map<string, unknown>>();
  readonly #listeners = new Set<(event: StorageEvent) => void>();

  constructor(private readonly options: StorageOptions) {}

  /** The object of that name, or `undefined` when there is none, or none any more. */
  get<Kind extends StoredKind>(kind: Kind, key: string): StoredKinds[Kind] | undefined {
    const stored = this.#live(kind, key);
    return stored === undefined ? undefined : this.#copy(kind, stored);
  }

  /** All objects of a kind, by name in byte order. */
  list<Kind extends StoredKind>(kind: Kind): StoredKinds[Kind][] {
    const keys = [...this.#kind(kind).keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return keys.map((key) => this.get(kind, key)).filter((object) => object !== undefined);
  }

  /** Stores a new object. @throws TraceError already_exists */
  create<Kind extends StoredKind>(kind: Kind, object: StoredKinds[Kind]): StoredKinds[Kind] {
    const key = storageKey(kind, object);
    if (this.#live(kind, key) !== undefined) throw alreadyExists(`key "${key}" already exists`);
    return this.#put(kind, object);
  }

  /** Stores the object, whatever stood there; its revision is not looked at. */
  upsert<Kind extends StoredKind>(kind: Kind, object: StoredKinds[Kind]): StoredKinds[Kind] {
    return this.#put(kind, object);
  }

  /** Stores the object if it has the stored one's revision. @throws TraceError compare_failed, also when there is none */
  update<Kind extends StoredKind>(kind: Kind, object: StoredKinds[Kind]): StoredKinds[Kind] {
    const key = storageKey(kind, object);
    if (!this.holds(kind, key, { revision: object.metadata?.revision ?? "" })) {
      throw compareFailed(
        "resource revision does not match, it may have been concurrently created|modified|deleted; please work from the latest state, or use --force to overwrite",
      );
    }
    return this.#put(kind, object);
  }

  /** Deletes the object. @throws TraceError not_found */
  delete(kind: StoredKind, key: string): void {
    if (!this.deleteIfPresent(kind, key)) throw notFound(`key "${key}" is not found`);
  }

  /** Deletes the object and says whether there was one. */
  deleteIfPresent(kind: StoredKind, key: string): boolean {
    const present = this.#live(kind, key) !== undefined;
    if (present) this.#remove(kind, key);
    return present;
  }

  /** Whether the object meets the condition now. */
  holds(kind: StoredKind, key: string, condition: Condition): boolean {
    const stored = this.#live(kind, key);
    if (condition === "any") return true;
    if (condition === "absent") return stored === undefined;
    if (condition === "exists") return stored !== undefined;
    return stored !== undefined && stored.metadata?.revision === condition.revision;
  }

  /**
   * Does all steps or, when one condition does not hold, none.
   *
   * @returns the first step whose condition failed, or `undefined` when everything was written
   */
  write(steps: readonly AtomicStep[]): AtomicStep | undefined {
    const failed = steps.find((step) => !this.holds(step.kind, keyOf(step), step.when));
    if (failed !== undefined) return failed;
    for (const step of steps) {
      if ("put" in step) this.#put(step.kind, step.put);
      else if ("delete" in step) this.deleteIfPresent(step.kind, step.delete);
    }
    return undefined;
  }

  /** Calls `listener` after each change until the returned function is called. */
  onChange(listener: (event: StorageEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #kind<Kind extends StoredKind>(kind: Kind): Map<string, StoredKinds[Kind]> {
    let objects = this.#objects.get(kind);
    if (objects === undefined) {
      objects = new Map();
      this.#objects.set(kind, objects);
    }
    return objects as Map<string, StoredKinds[Kind]>;
  }

  #live<Kind extends StoredKind>(kind: Kind, key: string): StoredKinds[Kind] | undefined {
    const stored = this.#kind(kind).get(key);
    if (stored === undefined || !this.#isExpired(stored)) return stored;
    this.#remove(kind, key);
    return undefined;
  }

  #isExpired(object: StoredKinds[StoredKind]): boolean {
    const expires = object.metadata?.expires;
    if (expires === undefined) return false;
    return Number(expires.seconds) * 1000 + expires.nanos / 1e6 <= this.options.now();
  }

  #copy<Kind extends StoredKind>(kind: Kind, object: StoredKinds[Kind]): StoredKinds[Kind] {
    // The table of schemas and the map of kinds are the same list; the compiler cannot follow that through a type parameter.
    return clone(storedSchemas[kind], object as never) as unknown as StoredKinds[Kind];
  }

  #put<Kind extends StoredKind>(kind: Kind, object: StoredKinds[Kind]): StoredKinds[Kind] {
    const stored = this.#copy(kind, object);
    if (stored.metadata === undefined)
      throw new Error(`the lab stores no ${kind} without metadata: this is a bug of the lab`);
    stored.metadata.namespace = "default";
    stored.metadata.revision = this.options.newRevision();
    const key = storageKey(kind, stored);
    this.#kind(kind).set(key, stored);
    this.#tell({ type: "put", kind, key });
    return this.#copy(kind, stored);
  }

  #remove(kind: StoredKind, key: string): void {
    this.#kind(kind).delete(key);
    this.#tell({ type: "delete", kind, key });
  }

  #tell(event: StorageEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

function keyOf(step: AtomicStep): string {
  if ("put" in step) return storageKey(step.kind, step.put);
  return "delete" in step ? step.delete : step.check;
}
