import type { Amendment } from "./schedule";

/** One step of a rotation. Tokens are told apart by keys; no value is in it. */
export type RotationStep =
  | { readonly kind: "create"; readonly generation: number }
  | { readonly kind: "amend"; readonly amendment: Amendment }
  | { readonly kind: "drop"; readonly keys: readonly string[]; readonly generations: readonly number[] };

/** For log and errors. */
export function describeStep(step: RotationStep): string {
  switch (step.kind) {
    case "create":
      return `make generation ${step.generation}`;
    case "amend":
      return `set labels and end of generation ${step.amendment.generation}`;
    case "drop":
      return `remove generation ${step.generations.join(", ")}`;
  }
}
