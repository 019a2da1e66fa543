import type { ResourceContext } from "./context";
import { ObjectPlace } from "./object-place";
import type { Named } from "./object-problems";
import type { ObjectResource } from "./object-resource";
import type { Outcome } from "./resource";
import { withConfigured } from "./state-rules";
import type { ObjectValue } from "./value";

/** Private keys: the revision that the state was made from, and the provider version that made it. */
const REVISION = ".revision";
const MADE_BY = ".made_by";

/** What the calls about one kind of object share: names, places, and how a message becomes a state. */
export class ObjectKind<Message, Id, Api> {
  readonly place: ObjectPlace<Api>;

  constructor(readonly resource: ObjectResource<Message, Id, Api>) {
    this.place = new ObjectPlace(resource.connection);
  }

  named(id: Id): Named {
    return { noun: this.resource.noun, name: this.resource.identity.nameOf(id) };
  }

  /** The message to send: what is planned, on top of what is there. */
  draft(planned: ObjectValue, base: Message | undefined, config: ObjectValue): Message {
    const draft = this.resource.codec.toMessage(planned, base, config);
    return this.resource.normalize?.(draft) ?? draft;
  }

  /** Whether the object that is there already has all that is wanted of it. */
  isSame(draft: Message, there: Message): boolean {
    return this.resource.codec.isEqual?.(draft, there) ?? false;
  }

  /** The state of an object that was read, in the form of `like` where that means the same. Remembers its revision and place. */
  async outcome(
    message: Message,
    like: ObjectValue | undefined,
    key: string | undefined,
    context: ResourceContext<Api>,
  ): Promise<Outcome> {
    const state = this.stateOf(message, like, key);
    this.#rememberRevision(message, context);
    await this.place.remember(key, context);
    return { state };
  }

  /** The state alone, with nothing remembered. */
  stateOf(message: Message, like: ObjectValue | undefined, key: string | undefined): ObjectValue {
    const { codec, schema } = this.resource;
    const read = withConfigured(schema.attributes, codec.toState(message, like), like ?? null);
    return this.place.withKey(read, key);
  }

  /** Whether the state in hand was made from this very revision, by this very version of the provider. */
  isUnchanged(message: Message, context: ResourceContext<Api>): boolean {
    const revision = this.resource.revision(message);
    return (
      revision !== "" &&
      context.private.get(REVISION) === revision &&
      context.private.get(MADE_BY) === context.providerVersion
    );
  }

  #rememberRevision(message: Message, { private: memory, providerVersion }: ResourceContext<Api>): void {
    const revision = this.resource.revision(message);
    memory.set(REVISION, revision === "" ? undefined : revision);
    memory.set(MADE_BY, providerVersion);
  }
}
