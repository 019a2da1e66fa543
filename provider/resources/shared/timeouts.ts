import { Problem, parseDuration, parseDurationMs } from "../../../trust";
import {
  type Attribute,
  isObject,
  type ProblemShape,
  type RelationCall,
  types,
  type Validator,
  type Value,
} from "../../framework";
import { durationValidator } from "../validators/duration";
import { knownText } from "./values";

/** The calls that can be given a limit. */
export type LimitedCall = "create" | "update" | "delete";

/** How long each call may take where the configuration does not say, and what it may take long for. */
export type TimeoutDefaults = Readonly<Record<LimitedCall, { readonly byDefault: string; readonly what: string }>>;

function* positiveDurationProblems(value: Value): Iterable<ProblemShape> {
  if (parseDuration(value as string) > 0n) return;
  yield new Problem(
    "TRUST_ARGUMENT",
    `a timeout of ${value} leaves no time`,
    [],
    'Give a positive duration, such as "5m".',
  );
}

/** A validator that is asked only when the text is a duration; another one says when it is none. */
export function ifDuration(validate: Validator): Validator {
  return (value) => ([...durationValidator(value)].length > 0 ? [] : validate(value));
}

function timeout({ what, byDefault }: TimeoutDefaults[LimitedCall]): Attribute {
  return {
    type: types.string,
    mode: "optional",
    description: `How long ${what} may take, waits included, as a duration such as \`5m\`. Without it: \`${byDefault}\`.`,
    validate: [durationValidator, ifDuration(positiveDurationProblems)],
  };
}

/** The attribute `timeouts`. */
export function timeoutsAttribute({ create, update, delete: remove }: TimeoutDefaults): Attribute {
  return {
    mode: "optional",
    description: "How long one call may take.",
    nested: {
      nesting: "single",
      attributes: { create: timeout(create), update: timeout(update), delete: timeout(remove) },
    },
  };
}

/** The limit of a call in milliseconds; undefined for those that have none. */
export function timeoutMs(
  call: RelationCall,
  timeouts: Value | undefined,
  defaults: TimeoutDefaults,
): number | undefined {
  if (call === "read" || call === "import") return undefined;
  const said = isObject(timeouts) ? knownText(timeouts[call]) : undefined;
  return parseDurationMs(said ?? defaults[call].byDefault);
}
