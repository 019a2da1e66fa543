import { parseTime } from "../../../trust";
import type { Validator } from "../../framework";
import { parses } from "./parses";

/** A time as RFC 3339 writes it. */
export const timeValidator: Validator = parses(parseTime);
