import type {
  DataSource,
  EphemeralResource,
  ErrorMeaning,
  FunctionDefinition,
  ProviderDefinition,
} from "../../provider/framework";
import { FunctionArgumentError, mirroredObject, relation, types } from "../../provider/framework";
import { boxResource } from "./fake-box-resource";
import { Boxes } from "./fake-boxes";
import { linkResource } from "./fake-link-resource";
import { FakeProblem } from "./fake-problem";

/** One place where boxes stand. */
export interface FakeCluster {
  readonly realName: string;
  readonly boxes: Boxes;
}

/** What the fake provider's resources work with. */
export interface FakeApi {
  readonly clusters: ReadonlyMap<string, FakeCluster>;
  /** @throws FakeProblem when there is no such cluster, or its settings are not known */
  connect(key: string | undefined): FakeCluster;
}

/** Makes the API of the fake provider; keys in `unknown` are configured with settings that are not known yet. */
export function fakeApi(
  home: FakeCluster,
  clusters: ReadonlyMap<string, FakeCluster> = new Map(),
  unknown: readonly string[] = [],
): FakeApi {
  return {
    clusters,
    connect(key) {
      if (key === undefined) return home;
      if (unknown.includes(key)) throw new FakeProblem("FAKE_UNKNOWN", `cluster "${key}" is not known yet`, "Wait.");
      const cluster = clusters.get(key);
      if (cluster === undefined) throw new FakeProblem("FAKE_REMOVED", `there is no cluster "${key}"`, "Add it.");
      return cluster;
    },
  };
}

const MEANINGS: Readonly<Record<string, ErrorMeaning>> = {
  FAKE_REMOVED: "connection-removed",
  FAKE_UNKNOWN: "connection-unknown",
  FAKE_CONFLICT: "conflict",
  FAKE_EXISTS: "exists",
};

const boxSource: DataSource<FakeApi> = {
  typeName: "fake_box",
  schema: {
    description: "A box.",
    attributes: {
      name: { type: types.string, mode: "required", description: "Name." },
      size: { type: types.number, mode: "computed", description: "Size." },
    },
  },
  async read({ name }, { api }) {
    const box = api.connect(undefined).boxes.get(name as string);
    if (box === undefined) throw new FakeProblem("FAKE_MISSING", `there is no box "${name}"`, "Make it.", ["name"]);
    return { state: { name: box.name, size: box.size } };
  },
};

const ticket: EphemeralResource<FakeApi> = {
  typeName: "fake_ticket",
  schema: {
    description: "A ticket.",
    attributes: {
      name: { type: types.string, mode: "required", description: "Whose." },
      value: { type: types.string, mode: "computed", sensitive: true, description: "The ticket." },
    },
  },
  async open(config, { now }) {
    return {
      result: { ...config, value: `ticket of ${config.name}` },
      private: { renewals: 0 },
      renewAtMs: now() + 60_000,
    };
  },
  async renew(memory) {
    const { renewals } = memory as { renewals: number };
    if (renewals > 0) throw new FakeProblem("FAKE_RENEW", "the ticket is not renewed twice", "Open another.");
    return { private: { renewals: renewals + 1 } };
  },
  async close(memory) {
    const what = `closed with ${JSON.stringify(memory)}`;
    return [{ code: "FAKE_CLOSED", what, where: [], next: "Nothing.", severity: "warning" as const }];
  },
};

const shout: FunctionDefinition = {
  name: "shout",
  summary: "Says it louder.",
  description: "Says it in capitals, with words behind.",
  parameters: [{ name: "text", type: types.string, description: "What." }],
  variadic: { name: "more", type: types.string, description: "Words behind." },
  returns: types.string,
  call([text, ...more]) {
    if (text === "") throw new FunctionArgumentError(0, "there is nothing to shout");
    return [text, ...more].join(" ").toUpperCase();
  },
};

/**
 * A provider with one of each kind, for tests of what serves it. Its boxes are those of `api`, or stand in the file that the provider argument
 * `file` names, so that the processes of a real `terraform` see the same ones.
 */
export function fakeProvider(
  api: FakeApi = fakeApi({ realName: "home", boxes: new Boxes() }),
): ProviderDefinition<FakeApi> {
  return {
    version: "0.0.1",
    schema: {
      description: "Boxes.",
      attributes: { file: { type: types.string, mode: "optional", description: "Where the boxes are kept." } },
    },
    configure: async ({ file }) => ({
      api: typeof file === "string" ? fakeApi({ realName: "home", boxes: new Boxes(file) }) : api,
    }),
    classify: (error) => (error instanceof FakeProblem ? MEANINGS[error.code] : undefined),
    resources: [mirroredObject(boxResource), relation(linkResource)],
    dataSources: [boxSource],
    ephemeralResources: [ticket],
    functions: [shout],
  };
}
