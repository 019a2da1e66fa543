import { Token } from "cdktf";

/**
 * A text as Terraform's JSON syntax must hold it, so that Terraform sees what the program wrote.
 *
 * Every string of a `cdk.tf.json` is a template there: `${1}`, which Teleport's role maps use for a captured group,
 * would be evaluated to `1`. A text that holds a CDKTF token is left alone: the token is meant to be a template.
 */
export function literal(text: string): string {
  return Token.isUnresolved(text) ? text : text.replaceAll(/([$%])\{/g, "$1$1{");
}

/** {@link literal} for each text of a list. */
export function literals(texts: readonly string[]): string[] {
  return texts.map(literal);
}

/** Keys and values of a map of texts, as Terraform's JSON syntax must hold them. */
export function literalMap(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [literal(key), literal(value)]));
}
