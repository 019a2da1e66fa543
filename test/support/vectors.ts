import { readFileSync } from "node:fs";
import { join } from "node:path";

import { repositoryRoot } from "../../tools/repository";

/** Facts made by outside programs, from `test/vectors/<name>.json`; the file's header says which program and what the columns are. */
export function readVectors<Vectors>(name: string): Vectors {
  return JSON.parse(readFileSync(join(repositoryRoot, "test/vectors", `${name}.json`), "utf8")) as Vectors;
}
