import {
  isObject,
  type ObjectValue,
  type ProblemShape,
  type Schema,
  types,
  Unknown,
  type Value,
} from "../../framework";
import { placeAttributes } from "../shared/one-cluster";
import { invalid } from "../validators/invalid";
import { notEmptyValidator } from "../validators/not-empty";

function* emptyTexts(value: Value): Iterable<ProblemShape> {
  for (const [index, text] of (value as readonly Value[]).entries()) {
    if (text === "" || text === null) yield invalid("a name is empty", "Write what is meant, or remove it.", [index]);
  }
}

function* emptyTraits(value: Value): Iterable<ProblemShape> {
  for (const [trait, values] of value as ReadonlyMap<string, Value>) {
    if (trait === "") yield invalid("a trait has no name", "Give it one, such as `logins`.", [trait]);
    if (!Array.isArray(values)) continue;
    if (values.length === 0) yield invalid(`the trait "${trait}" has no values`, "List what is granted.", [trait]);
    for (const problem of emptyTexts(values)) yield { ...problem, where: [trait, ...problem.where] };
  }
}

/** A set has no places in it. */
function roleProblems(value: Value): ProblemShape[] {
  return [...emptyTexts(value)].map((problem) => ({ ...problem, where: [] }));
}

/** The arguments of `teleport_user_grant`. */
export const schema: Schema = {
  description:
    "Roles and trait values for a local user that somebody else owns: only what is named here is added, and only what was added here is ever removed. What the user had already is left alone. Each addition is marked on the user by a label, so an interrupted apply forgets nothing. Name a role or value for a user in one grant only. The user must sign in again before it counts.",
  attributes: {
    ...placeAttributes("<cluster>/<user>", "that the user is on"),
    user: {
      type: types.string,
      mode: "required",
      replace: true,
      description:
        "Name of a local user that exists. Users of single sign-on are refused: their connector writes them anew at each login.",
      validate: [notEmptyValidator],
    },
    roles: {
      type: types.set(types.string),
      mode: "optional",
      description: "Roles to add.",
      validate: [roleProblems],
    },
    traits: {
      type: types.map(types.list(types.string)),
      mode: "optional",
      description: 'Values to add to traits, such as `{ logins = ["visitor"] }`.',
      validate: [emptyTraits],
    },
  },
};

function isNothing(value: Value | undefined): boolean {
  if (value === Unknown) return false;
  if (value instanceof Map) return value.size === 0;
  return Array.isArray(value) ? value.length === 0 : !isObject(value);
}

/** A grant of nothing is a mistake. */
export function* validateConfig({ roles, traits }: ObjectValue): Iterable<ProblemShape> {
  if (isNothing(roles) && isNothing(traits)) {
    yield invalid("the grant gives nothing", "Name roles in `roles`, or values in `traits`.", ["roles"]);
  }
}
