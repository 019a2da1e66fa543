import { internalTraits } from "../../../trust";
import { asWarning, type ProblemShape, type Validator, type Value } from "../../framework";
import { invalid } from "./invalid";

/** One template a text, and no braces within. Source: Teleport's lib/utils/parse. */
const template = /^[^{}]*\{\{([^{}]*)\}\}[^{}]*$/s;

function* templateProblems(text: string, where: readonly (string | number)[]): Iterable<ProblemShape> {
  if (!text.includes("{{") && !text.includes("}}")) return;
  const [, inner] = template.exec(text) ?? [];
  if (inner === undefined || inner.trim() === "") {
    const next = "Write one template a text, such as `{{internal.logins}}`; several are several texts.";
    yield invalid(
      `${JSON.stringify(text)} holds template brackets, but no template that the cluster reads`,
      next,
      where,
    );
    return;
  }
  for (const [, name = ""] of inner.matchAll(/\binternal\.(\w+)/g)) {
    if ((internalTraits as readonly string[]).includes(name)) continue;
    // A warning: a newer cluster may know more.
    yield asWarning(
      invalid(
        `Teleport defines no trait "${name}", so \`internal.${name}\` gives nothing`,
        `Write \`external.${name}\` for a trait of your own, or one of: ${internalTraits.join(", ")}.`,
        where,
      ),
    );
  }
}

/** Texts that may take values of the user's traits in. */
export const traitTemplatesValidator: Validator = function* (value) {
  for (const [index, text] of (value as readonly Value[]).entries()) {
    if (typeof text === "string") yield* templateProblems(text, [index]);
  }
};

/** Labels that may take values of the user's traits in. */
export const selectorTemplatesValidator: Validator = function* (value) {
  for (const [key, list] of value as ReadonlyMap<string, Value>) {
    yield* templateProblems(key, [key]);
    if (!Array.isArray(list)) continue;
    for (const [index, text] of (list as readonly Value[]).entries()) {
      if (typeof text === "string") yield* templateProblems(text, [key, index]);
    }
  }
};
