import type { CallContext, ResourceContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import { leadsElsewhere, type Named } from "./object-problems";
import type { Connection } from "./object-resource";
import type { PrivateState } from "./private-state";
import { type ObjectValue, Unknown, type Value } from "./value";

/** Private key: the real name of what the connection led to when the object was read or written last. */
const PLACE = ".place";

/** Which connection objects of a kind are on, and where it really leads. */
export class ObjectPlace<Api> {
  constructor(readonly connection: Connection<Api> | undefined) {}

  /** The top-level attribute to be decoded to know the connection. */
  get attributes(): readonly string[] {
    return this.connection === undefined ? [] : [this.connection.attribute];
  }

  /** The connection's key; undefined for the default connection, `Unknown` while it is not known. */
  keyOf(value: ObjectValue): string | undefined | typeof Unknown {
    const key: Value = this.connection === undefined ? null : (value[this.connection.attribute] ?? null);
    if (key === Unknown) return Unknown;
    return typeof key === "string" ? key : undefined;
  }

  /** As {@link keyOf}, where it is known for certain: state, or plan at apply. */
  knownKeyOf(value: ObjectValue): string | undefined {
    const key = this.keyOf(value);
    if (key === Unknown) throw new Error(`protocol error: ${this.connection?.attribute} is not known at apply`);
    return key as string | undefined;
  }

  /** The value with the connection's attribute as it was configured: codecs do not know it. */
  withKey(value: ObjectValue, key: string | undefined): ObjectValue {
    return this.connection === undefined ? value : { ...value, [this.connection.attribute]: key ?? null };
  }

  /** For messages: the real name where it can be had, else what the configuration calls it. */
  async title(key: string | undefined, { api, signal }: CallContext<Api>): Promise<string> {
    try {
      const name = await this.connection?.realName?.(api, key, signal);
      if (name !== undefined) return name;
    } catch {
      // The message at hand matters more than the name in it.
    }
    return key === undefined ? "the default cluster" : `cluster ${JSON.stringify(key)}`;
  }

  /** Keeps the real name with the state. A name that cannot be had now is kept the next time. */
  async remember(key: string | undefined, context: ResourceContext<Api>): Promise<void> {
    if (this.connection?.realName === undefined) return;
    try {
      const name = await this.connection.realName(context.api, key, context.signal);
      if (context.private.get(PLACE) !== name) context.private.set(PLACE, name);
    } catch (error) {
      context.log.debug("the real name of the cluster is not known", { reason: String(error) });
    }
  }

  /** The real name of last time; undefined when there was none. */
  lastName(privateState: PrivateState): string | undefined {
    const name = privateState.get(PLACE);
    return typeof name === "string" ? name : undefined;
  }

  /**
   * Refuses to work on a namesake: the connection must lead where the object is.
   *
   * @throws the problem that it leads elsewhere, or what asking for the name throws
   */
  async assertSame(key: string | undefined, object: Named, context: ResourceContext<Api>): Promise<void> {
    const moved = await this.movedFrom(key, object, context);
    if (moved !== undefined) throw moved;
  }

  /** The problem that a connection leads elsewhere than last time; undefined when it does not, or when nothing is known of last time. */
  async movedFrom(
    key: string | undefined,
    object: Named,
    context: ResourceContext<Api>,
  ): Promise<ProblemShape | undefined> {
    const last = this.lastName(context.private);
    if (last === undefined || this.connection?.realName === undefined) return undefined;
    const name = await this.connection.realName(context.api, key, context.signal);
    return name === last ? undefined : leadsElsewhere(object, this.connection.attribute, last, name);
  }

  /** Takes an import id apart: what stands before the first `/` is a connection if there is one of that name. */
  parseImportId(id: string, api: Api): { readonly key: string | undefined; readonly rest: string } {
    const slash = id.indexOf("/");
    const first = id.slice(0, Math.max(slash, 0));
    if (this.connection === undefined || slash < 0 || !this.connection.isConfigured(api, first)) {
      return { key: undefined, rest: id };
    }
    return { key: first, rest: id.slice(slash + 1) };
  }
}
