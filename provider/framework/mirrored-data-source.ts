import type { CallContext } from "./context";
import type { ProblemShape } from "./diagnostic";
import { differingPaths } from "./differing-paths";
import { type MirroredSchema, mirroredSchema } from "./mirrored-schema";
import { notThereToRead, saidInVain } from "./object-problems";
import type { ObjectResource } from "./object-resource";
import { ObjectKind } from "./object-state";
import { pathSteps, pathText } from "./path";
import type { DataSource } from "./resource";
import type { Schema } from "./schema";
import { withConfigured } from "./state-rules";
import type { ObjectValue } from "./value";

/** What the data source of a mirrored object says otherwise than the resource. */
export interface MirroredDataSourceOptions extends Pick<MirroredSchema, "without" | "descriptions"> {
  /** Of the data source, Markdown. */
  readonly description: string;
}

/**
 * The data source that reads one object of the kind that a resource mirrors, with the resource's own attributes. What it promises for every kind:
 *
 * - the object is found as the resource finds it, and one that is not there is an error that names it and the cluster;
 * - the answer is what the cluster has, its own defaults included, whatever else the configuration holds; where the two differ a warning says so;
 * - what the resource never reads, such as a secret, is null here as well.
 */
export function mirroredDataSource<Message, Id, Api>(
  resource: ObjectResource<Message, Id, Api>,
  options: MirroredDataSourceOptions,
): DataSource<Api> {
  return new MirroredDataSource(resource, options);
}

class MirroredDataSource<Message, Id, Api> implements DataSource<Api> {
  readonly typeName: string;
  readonly #kind: ObjectKind<Message, Id, Api>;
  #schema: Schema | undefined;

  constructor(
    private readonly resource: ObjectResource<Message, Id, Api>,
    private readonly options: MirroredDataSourceOptions,
  ) {
    this.typeName = resource.typeName;
    this.#kind = new ObjectKind(resource);
  }

  /** Made when it is first asked for: it can be large, and most processes never are. */
  get schema(): Schema {
    const { resource, options } = this;
    this.#schema ??= mirroredSchema(resource.schema, options.description, {
      ...options,
      identity: resource.identity.path,
      kept: this.#kind.place.attributes,
    });
    return this.#schema;
  }

  async read(
    config: ObjectValue,
    context: CallContext<Api>,
  ): Promise<{ readonly state: ObjectValue; readonly problems: readonly ProblemShape[] }> {
    const { resource } = this;
    const { place } = this.#kind;
    const key = place.knownKeyOf(config);
    const id = resource.identity.ofValue(config);
    const named = this.#kind.named(id);
    const message = await resource.client(context.api, key).get(id, context.signal);
    if (message === undefined) throw notThereToRead(named, await place.title(key, context), resource.identity.path);
    const vain = this.#saidInVain(message, config);
    return {
      state: this.#stateOf(message, key),
      problems: vain.length === 0 ? [] : [saidInVain(named, vain, resource.identity.path)],
    };
  }

  #stateOf(message: Message, key: string | undefined): ObjectValue {
    const { codec } = this.resource;
    const view = codec.toView?.(message) ?? codec.toState(message, undefined);
    return this.#kind.place.withKey(withConfigured(this.schema.attributes, view, null), key);
  }

  /** What the configuration says and the cluster does not have, as people write paths. */
  #saidInVain(message: Message, config: ObjectValue): readonly string[] {
    const { attributes } = this.schema;
    // In the configuration's own forms, so that another text of the same duration is no difference.
    const state = this.#kind.stateOf(message, config, this.#kind.place.knownKeyOf(config));
    return differingPaths(attributes, config, state).map((path) => pathText(pathSteps(attributes, path)));
  }
}
