import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { boundaryFaults, checkBoundaries } from "../../../tools/check-boundaries";

function faultsOf(file: string, text: string): string[] {
  return boundaryFaults([file], () => text);
}

describe("the boundary check", () => {
  it("finds nothing in the repository as it is", () => {
    assert.deepEqual(checkBoundaries(), []);
  });

  const refused: Readonly<Record<string, readonly [string, string]>> = {
    "the lab importing the domain": ["lab/planted.ts", 'import { mapRoles } from "../trust";'],
    "the framework importing Teleport's calls": ["provider/framework/planted.ts", 'import { x } from "../cluster";'],
    "the provider importing the lab": ["provider/cluster/planted.ts", 'import { Lab } from "../../lab";'],
    "another folder's private file": [
      "provider/resources/planted.ts",
      'import { x } from "../framework/msgpack-reader";',
    ],
    "a require of the same": ["provider/resources/planted.ts", 'const x = require("../framework/msgpack-reader");'],
    "a package that another area owns": ["constructs/planted.ts", 'import { Client } from "ssh2";'],
    "an example that reaches inside": ["examples/guide/planted.ts", 'import { x } from "../../trust";'],
  };
  for (const [name, [file, text]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => assert.equal(faultsOf(file, text).length, 1));
  }

  it("accepts what the table allows", () => {
    assert.deepEqual(faultsOf("provider/resources/planted.ts", 'import { mapRoles } from "../../trust";'), []);
  });
});
