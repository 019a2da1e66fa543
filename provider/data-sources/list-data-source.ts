import type { Api, Cluster } from "../cluster";
import { type Attributes, type DataSource, type ObjectValue, type ProblemShape, types } from "../framework";
import { clusterAttribute, clusterOf } from "./cluster-attribute";

/** What differs between one list of a cluster's objects and the next. */
export interface ListKind<Item> {
  readonly typeName: string;
  readonly description: string;
  /** Which cluster is asked, for the attribute `id`: such as `root cluster`. */
  readonly place: string;
  /** Attribute that holds the list. */
  readonly attribute: string;
  readonly attributeDescription: string;
  readonly item: Attributes;
  /** More than `cluster`; all optional. */
  readonly arguments?: Attributes;
  list(cluster: Cluster, config: ObjectValue, signal: AbortSignal): Promise<readonly Item[]>;
  value(item: Item): ObjectValue;
  /** What the list is sorted by. */
  sortedBy(value: ObjectValue): string;
  /** What is to be said of the list as a whole; never fails. */
  warnings?(cluster: Cluster, signal: AbortSignal): Promise<readonly ProblemShape[]>;
}

/** A data source that lists the objects of one kind, as far as the identity may see them. */
export function listDataSource<Item>(kind: ListKind<Item>): DataSource<Api> {
  return {
    typeName: kind.typeName,
    schema: {
      description: kind.description,
      attributes: {
        cluster: clusterAttribute,
        ...kind.arguments,
        id: { type: types.string, mode: "computed", description: `Real name of the ${kind.place}.` },
        [kind.attribute]: {
          mode: "computed",
          description: kind.attributeDescription,
          nested: { nesting: "list", attributes: kind.item },
        },
      },
    },
    async read(config, { api, signal }) {
      const cluster = clusterOf(api, config);
      const [{ clusterName }, all, problems] = await Promise.all([
        cluster.ping(signal),
        kind.list(cluster, config, signal),
        kind.warnings?.(cluster, signal) ?? [],
      ]);
      const values = all.map(kind.value).sort((a, b) => compare(kind.sortedBy(a), kind.sortedBy(b)));
      return { state: { ...config, id: clusterName, [kind.attribute]: values }, problems };
    },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
