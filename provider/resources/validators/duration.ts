import { parseDuration } from "../../../trust";
import type { Validator } from "../../framework";
import { parses } from "./parses";

/** A duration as Go reads it, such as `1h30m`. */
export const durationValidator: Validator = parses(parseDuration);
