import { parseAddress } from "../../../trust";
import type { Validator } from "../../framework";
import { parses } from "./parses";

/** `host:port`. */
export const addressValidator: Validator = parses(parseAddress);
