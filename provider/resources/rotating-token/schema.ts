import { formatDurationMs, Problem, parseDurationMs } from "../../../trust";
import {
  type ObjectValue,
  type ProblemShape,
  type Schema,
  types,
  Unknown,
  type Validator,
  type Value,
} from "../../framework";
import { placeAttributes } from "../shared/one-cluster";
import { ifDuration } from "../shared/timeouts";
import { durationValidator } from "../validators/duration";
import { invalid } from "../validators/invalid";
import { labelKeysValidator } from "../validators/label-keys";
import { notEmptyValidator } from "../validators/not-empty";
import { defaults } from "./defaults";
import { termsOf } from "./desired";

const shortestMs = 1_000;

const notTooShort: Validator = (value) => {
  if (parseDurationMs(value as string) >= shortestMs) return [];
  return [new Problem("ROTATION_ARGUMENT", `${value} is too short`, [], "Write `1s` or more, such as `24h`.")];
};

const nameValidator: Validator = (value) => {
  if (!(value as string).includes("/")) return [];
  return [invalid("the name holds a slash", "Choose a name without one: ids are written `<cluster>/<name>`.")];
};

function duration(byDefault: string, description: string) {
  return {
    type: types.string,
    mode: "optional-computed",
    default: byDefault,
    description,
    validate: [durationValidator, ifDuration(notTooShort)],
  } as const;
}

/** The arguments of `teleport_rotating_token`, and what is known of its newest generation. Never its value. */
export const schema: Schema = {
  description:
    'An invitation token for leaves that somebody else runs, which renews itself: each apply after `rotates` makes the next generation, and the one before is accepted for `overlap` more. Run it from a scheduled pipeline. The value is in no state and no plan; `ephemeral "teleport_rotating_token"` hands it out. On the cluster the tokens are named `tt-<8 hex>-<generation>-<time>-<secret>`, by which they are found again after an interrupted apply. Established trusts do not need their token any more: a rotation never touches them.',
  attributes: {
    ...placeAttributes("<cluster>/<name>", "that issues the token, the root"),
    name: {
      type: types.string,
      mode: "required",
      replace: true,
      description: "Name of the invitation, unique on the cluster, such as the name of the leaf that it is for.",
      validate: [notEmptyValidator, nameValidator],
    },
    ttl: duration(
      defaults.ttl,
      "How long a generation is accepted if no later run comes, as a duration. At least `rotate_after` and `overlap` together. A change holds from the next generation on.",
    ),
    rotate_after: duration(defaults.rotateAfter, "Age of a generation at which the next one is made, as a duration."),
    overlap: duration(
      defaults.overlap,
      "How long a generation is still accepted once the next one is made, as a duration: the time to hand the new value over. At most `rotate_after`.",
    ),
    labels: {
      type: types.map(types.string),
      mode: "optional",
      description:
        "Labels that a leaf gets when it joins with the token. A labelled leaf is seen only by roles that allow its labels.",
      validate: [labelKeysValidator],
    },
    prefix: {
      type: types.string,
      mode: "computed",
      keepPrior: true,
      description: "What the names of all its tokens begin with: public.",
    },
    generation: {
      type: types.number,
      mode: "computed",
      keepPrior: true,
      description:
        "Number of the newest generation. Unknown in a plan that rotates: hand the value over when it changes.",
    },
    expires: {
      type: types.string,
      mode: "computed",
      keepPrior: true,
      description: "When the newest generation ends (RFC 3339).",
    },
    rotates: {
      type: types.string,
      mode: "computed",
      keepPrior: true,
      description: "When the next generation is due (RFC 3339): plans are empty until then.",
    },
    pending: {
      type: types.string,
      mode: "computed",
      keepPrior: true,
      description: "What the next apply does and why, as the last refresh found it. Null when nothing is due.",
    },
  },
};

function isKnown(value: Value | undefined): boolean {
  return value !== Unknown && (typeof value !== "string" || [...durationValidator(value)].length === 0);
}

/** Rules over all three durations; each one is judged where it stands. */
export function* validateConfig(config: ObjectValue): Iterable<ProblemShape> {
  if (![config.ttl, config.rotate_after, config.overlap].every(isKnown)) return;
  const { ttlMs, rotateAfterMs, overlapMs } = termsOf(config);
  const [ttl, rotateAfter, overlap] = [ttlMs, rotateAfterMs, overlapMs].map(formatDurationMs);
  if (rotateAfterMs + overlapMs > ttlMs) {
    yield new Problem(
      "ROTATION_ARGUMENT",
      `a generation that lives for ${ttl} cannot be rotated after ${rotateAfter} and accepted for ${overlap} more`,
      ["ttl"],
      `Give it at least ${formatDurationMs(rotateAfterMs + overlapMs)}; more lets runs be missed.`,
    );
  }
  if (overlapMs > rotateAfterMs) {
    yield new Problem(
      "ROTATION_ARGUMENT",
      `an overlap of ${overlap} with a rotation each ${rotateAfter} would need more than two live generations`,
      ["overlap"],
      `Write ${rotateAfter} or less.`,
    );
  }
}
