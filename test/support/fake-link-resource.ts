import type { ObjectValue, RelationResource, Schema } from "../../provider/framework";
import { types, Unknown } from "../../provider/framework";
import type { Box, Boxes } from "./fake-boxes";
import { FakeProblem } from "./fake-problem";
import type { FakeApi } from "./fake-provider";

const linkSchema: Schema = {
  description: "A link of two boxes: each has the other's name as a label.",
  attributes: {
    id: { type: types.string, mode: "computed", keepPrior: true, description: "`from/to`." },
    from: { type: types.string, mode: "required", replace: true, description: "One box." },
    to: { type: types.string, mode: "required", replace: true, description: "The other box." },
    joined: { type: types.bool, mode: "computed", keepPrior: true, description: "Both sides are there." },
    wait_ms: { type: types.number, mode: "optional-computed", default: 0, description: "Takes so long." },
  },
};

interface Desired {
  readonly boxes: Boxes;
  readonly from: string;
  readonly to: string;
  readonly waitMs: number;
}

interface Facts {
  readonly from: "missing" | "plain" | "linked" | "foreign";
  readonly to: "missing" | "plain" | "linked" | "foreign";
  readonly hasWaited: boolean;
}

type Step = "link from" | "link to" | "unlink from" | "unlink to" | "wait";

function side(box: Box | undefined, other: string): Facts["from"] {
  if (box === undefined) return "missing";
  const link = box.labels.link;
  if (link === undefined) return "plain";
  return link === other ? "linked" : "foreign";
}

function next({ waitMs }: Desired, facts: Facts): Step | "done" | FakeProblem {
  if (facts.from === "missing" || facts.to === "missing") {
    return new FakeProblem("FAKE_MISSING", "a box of the link is missing", "Make it first.");
  }
  if (facts.from === "foreign" || facts.to === "foreign") {
    return new FakeProblem("FAKE_FOREIGN", "a box is linked with another", "Unlink it.");
  }
  if (facts.from === "plain") return "link from";
  if (facts.to === "plain") return "link to";
  return waitMs > 0 && !facts.hasWaited ? "wait" : "done";
}

function nextToGone(facts: Facts): Step | "done" {
  if (facts.from === "linked") return "unlink from";
  return facts.to === "linked" ? "unlink to" : "done";
}

function setLink(boxes: Boxes, name: string, link: string | undefined): void {
  const box = boxes.get(name) as Box;
  const { link: _, ...others } = box.labels;
  boxes.put({ ...box, labels: link === undefined ? others : { ...others, link } });
}

function textOf(value: ObjectValue, name: string): string {
  return value[name] as string;
}

/** Two boxes that know each other: the least thing that takes two writes. */
export const linkResource: RelationResource<Desired, Facts, Step, { waited: boolean }, FakeApi> = {
  typeName: "fake_link",
  noun: "link",
  schema: linkSchema,
  maxSteps: 10,
  desiredFrom: ({ value }, { api }) => ({
    boxes: api.connect(undefined).boxes,
    from: textOf(value, "from"),
    to: textOf(value, "to"),
    waitMs: typeof value.wait_ms === "number" ? value.wait_ms : 0,
  }),
  createRun: () => ({ waited: false }),
  observe: async ({ boxes, from, to }, run) => ({
    from: side(boxes.get(from), to),
    to: side(boxes.get(to), from),
    hasWaited: run.waited,
  }),
  next: (goal, facts) => (goal === "gone" ? nextToGone(facts) : next(goal, facts)),
  async perform(step, { boxes, from, to, waitMs }, run, { sleep, signal }) {
    if (step === "link from") setLink(boxes, from, to);
    else if (step === "link to") setLink(boxes, to, from);
    else if (step === "unlink from") setLink(boxes, from, undefined);
    else if (step === "unlink to") setLink(boxes, to, undefined);
    else {
      await sleep(waitMs, signal);
      run.waited = true;
    }
  },
  describeStep: (step) => step,
  establishes: (step) => step === "link from" || step === "link to",
  timeoutMs: () => 60_000,
  stateFrom(facts, { desired }) {
    if (facts.from !== "linked" && facts.to !== "linked") return "gone";
    const joined = facts.from === "linked" && facts.to === "linked";
    return { id: `${desired.from}/${desired.to}`, from: desired.from, to: desired.to, joined };
  },
  *warnings(facts, { call, firstFacts }) {
    if (call === "create" && firstFacts.from === "linked" && facts.to === "linked") {
      yield {
        code: "FAKE_CONTINUED",
        what: "an earlier run began it",
        where: [],
        next: "Nothing.",
        severity: "warning",
      };
    }
  },
  parseImportId(id) {
    const [from, to, ...more] = id.split("/");
    if (!from || !to || more.length > 0)
      throw new FakeProblem("FAKE_ID", `"${id}" is no id of a link`, "Write from/to.");
    return { from, to };
  },
  importedPrivate: { imported: true },
  customizePlan({ prior, planned, action }) {
    if (planned === null) return {};
    const id = planned.id === Unknown && typeof planned.from === "string" && typeof planned.to === "string";
    const named = id ? { ...planned, id: `${planned.from}/${planned.to}` } : planned;
    if (action === "create") return { planned: { ...named, joined: true } };
    if (prior?.joined !== false) return { planned: named };
    const what = "one side of the link is missing";
    return {
      planned: { ...named, joined: true },
      problems: [{ code: "FAKE_HALF", what, where: ["joined"], next: "It is put back.", severity: "warning" }],
    };
  },
};
