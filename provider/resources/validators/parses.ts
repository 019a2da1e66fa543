import { Problem } from "../../../trust";
import type { Validator } from "../../framework";

/** Accepts a text that `parse` accepts; the problem that it throws is the answer. */
export function parses(parse: (text: string) => unknown): Validator {
  return (value) => {
    try {
      parse(value as string);
      return [];
    } catch (error) {
      if (error instanceof Problem) return [error];
      throw error;
    }
  };
}
