import { Problem } from "../../../trust";
import { newObject, type ObjectValue } from "../../framework";

/**
 * Reads the import id of a trust: `<root>/<leaf>`, keys of the provider's `clusters`.
 *
 * @throws Problem TRUST_IMPORT_ID
 */
export function parseImportId(id: string): ObjectValue {
  const [root = "", leaf = "", ...rest] = id.split("/");
  if (root === "" || leaf === "" || rest.length > 0) {
    throw new Problem(
      "TRUST_IMPORT_ID",
      `${JSON.stringify(id)} is no import id of a trust`,
      [],
      "Write `<root>/<leaf>`, both as keys of the provider's `clusters`, such as `root/leaf`.",
    );
  }
  return Object.assign(newObject(), { root, leaf });
}
