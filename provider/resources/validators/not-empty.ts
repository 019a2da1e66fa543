import type { Validator } from "../../framework";
import { invalid } from "./invalid";

/** A text with something in it. */
export const notEmptyValidator: Validator = (value) =>
  value === "" ? [invalid("the name is empty", "Name the object.")] : [];
