import { Problem, tokenId } from "../../../trust";
import { asWarning, type Identity } from "../../framework";
import { knownText, valueAt } from "../description/values";
import { invalid } from "../validators/invalid";

/** How a token is looked for. Only the first form is a secret. */
export type TokenId =
  | { readonly by: "name"; readonly name: string }
  /** `sha256:<hex>` of the name. */
  | { readonly by: "hash"; readonly hash: string }
  /** What a name begins with that this product made: `tt-<8 hex>-`. */
  | { readonly by: "prefix"; readonly prefix: string };

function parseTokenId(text: string): TokenId {
  const hash = text.toLowerCase();
  if (/^sha256:[0-9a-f]{64}$/.test(hash)) return { by: "hash", hash };
  if (/^tt-[0-9a-f]{8}-?$/.test(text)) return { by: "prefix", prefix: text.endsWith("-") ? text : `${text}-` };
  return { by: "name", name: text };
}

/** Tokens are found by their name, which is never shown; imports by its hash or its public prefix too. */
export const tokenIdentity: Identity<TokenId> = {
  path: ["metadata", "name"],
  ofValue: (value) => ({ by: "name", name: knownText(valueAt(value, "metadata", "name")) ?? "" }),
  ofImport: (text) => {
    if (text.toLowerCase().startsWith("sha256:") && parseTokenId(text).by !== "hash") {
      throw invalid(
        `${JSON.stringify(text)} is no hash of a token's name`,
        "Write `sha256:` and 64 hexadecimal digits, as the data source `teleport_provision_tokens` shows them.",
      );
    }
    if (text === "") throw invalid("the import id names no token", "Write `sha256:<hex>` or `<cluster>/sha256:<hex>`.");
    return parseTokenId(text);
  },
  importForm: "sha256:<hex>",
  *importAdvice(text) {
    if (parseTokenId(text).by !== "name") return;
    yield asWarning(
      new Problem(
        "TOKEN_IMPORT_ID",
        "the import id is the token itself, which the shell keeps in its history",
        [],
        "Import it by its hash, `sha256:<hex>`; the data source `teleport_provision_tokens` shows it.",
      ),
    );
  },
  nameOf: (id) => {
    if (id.by === "name") return tokenId(id.name);
    return id.by === "hash" ? id.hash : id.prefix;
  },
};
