import type { Codec, ObjectResource, ObjectValue, Schema, Value } from "../../provider/framework";
import { isObject, types } from "../../provider/framework";
import type { Box } from "./fake-boxes";
import { FakeProblem } from "./fake-problem";
import type { FakeApi } from "./fake-provider";

/** One attribute of each sort. */
export const boxSchema: Schema = {
  description: "A box.",
  attributes: {
    id: { type: types.string, mode: "computed", keepPrior: true, description: "Same as the name." },
    name: { type: types.string, mode: "required", replace: true, description: "Name." },
    cluster: { type: types.string, mode: "optional", description: "Where the box stands." },
    labels: { type: types.map(types.string), mode: "optional", description: "Labels." },
    note: {
      type: types.string,
      mode: "optional",
      description: "Note.",
      validate: [
        function* (value) {
          if (value !== "forbidden") return;
          yield { code: "NOTE", what: 'the note "forbidden" is forbidden', where: [], next: "Write another." };
        },
      ],
    },
    size: { type: types.number, mode: "optional-computed", keepPrior: true, description: "The server says 7." },
    color: { type: types.string, mode: "optional-computed", default: "red", description: "Colour." },
    secret: { type: types.string, mode: "optional", sensitive: true, neverRead: true, description: "A secret." },
    token_wo: { type: types.string, mode: "optional", writeOnly: true, description: "A token." },
    token_wo_version: { type: types.number, mode: "optional", description: "Change it with the token." },
    colour: { type: types.string, mode: "optional", deprecated: "Write `color`.", description: "Old name." },
    lid: {
      mode: "optional-computed",
      keepPrior: true,
      description: "The lid.",
      nested: {
        nesting: "single",
        attributes: {
          material: { type: types.string, mode: "optional-computed", keepPrior: true, description: "Material." },
          locked: { type: types.bool, mode: "optional-computed", keepPrior: true, description: "Locked." },
        },
      },
    },
    revision: { type: types.string, mode: "computed", description: "Of the box." },
  },
};

function text(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

function lidOf(planned: ObjectValue, base: Box | undefined): Box["lid"] {
  const { lid } = planned;
  if (!isObject(lid)) return undefined;
  const before = base?.lid ?? { material: "wood", locked: false };
  return {
    material: typeof lid.material === "string" ? lid.material : before.material,
    locked: typeof lid.locked === "boolean" ? lid.locked : before.locked,
  };
}

const codec: Codec<Box> = {
  toMessage(planned, base, config) {
    const lid = lidOf(planned, base);
    const { lid: _, ...rest } = base ?? { hidden: "made by the first write", revision: "", lid: undefined };
    return {
      ...rest,
      name: text(planned.name),
      labels: Object.fromEntries(planned.labels instanceof Map ? (planned.labels as Map<string, string>) : []),
      note: text(planned.note),
      size: typeof planned.size === "number" ? planned.size : 0,
      color: text(planned.color),
      secret: text(planned.secret),
      token: typeof config.token_wo === "string" ? config.token_wo : (base?.token ?? ""),
      ...(lid && { lid }),
    };
  },
  toState(box, like) {
    const labels = new Map(Object.entries(box.labels));
    return {
      id: box.name,
      name: box.name,
      labels: labels.size === 0 && !(like?.labels instanceof Map) ? null : labels,
      note: box.note === "" ? (like?.note === "" ? "" : null) : box.note,
      size: box.size,
      color: box.color,
      secret: "(what the server says)",
      token_wo: null,
      token_wo_version: like?.token_wo_version ?? null,
      colour: like?.colour ?? null,
      lid: box.lid === undefined ? null : { ...box.lid },
      revision: box.revision,
    };
  },
  isEqual: (left, right) => JSON.stringify(sorted(left)) === JSON.stringify(sorted(right)),
};

function sorted(box: Box): unknown {
  return Object.entries(box).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A box of the fake API: one attribute of each sort that schemas have. */
export const boxResource: ObjectResource<Box, string, FakeApi> = {
  typeName: "fake_box",
  noun: "box",
  schema: boxSchema,
  codec,
  identity: {
    path: ["name"],
    ofValue: (value) => text(value.name),
    ofImport: (id) => id,
    nameOf: (id) => id,
  },
  connection: {
    attribute: "cluster",
    isConfigured: (api, key) => api.clusters.has(key),
    realName: async (api, key) => api.connect(key).realName,
  },
  client: (api, key) => {
    const { boxes } = api.connect(key);
    return {
      get: async (name) => boxes.get(name),
      create: async (box) => {
        if (boxes.all().has(box.name)) throw new FakeProblem("FAKE_EXISTS", `box ${box.name} exists`, "Import it.");
        boxes.put(box);
        return undefined;
      },
      update: async (box) => {
        if (boxes.all().get(box.name)?.revision !== box.revision) {
          throw new FakeProblem("FAKE_CONFLICT", `box ${box.name} was changed by somebody else`, "Try again.");
        }
        boxes.put(box);
        return undefined;
      },
      delete: async (name) => boxes.delete(name),
    };
  },
  revision: (box) => box.revision,
  *validateConfig(config) {
    if (config.note === "no labels" && config.labels !== null) {
      yield { code: "NOTE", what: "the note says that there are no labels", where: ["labels"], next: "Remove one." };
    }
  },
  check: async (change) => {
    if (change.planned?.note !== "unwanted") return {};
    const severity = change.phase === "plan" ? "warning" : "error";
    const what = "the note is not wanted here";
    return { problems: [{ code: "NOTE", what, where: ["note"], next: "Write another.", severity }] };
  },
};
