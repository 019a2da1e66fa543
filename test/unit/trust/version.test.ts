import assert from "node:assert/strict";
import { test } from "node:test";

import { parseVersion, versionDistance } from "../../../trust";

test("reads versions as servers write them", () => {
  assert.deepEqual(parseVersion("17.7.0"), { major: 17, minor: 7, patch: 0, prerelease: "" });
  assert.deepEqual(parseVersion("v18.0.0-beta.1+fips"), { major: 18, minor: 0, patch: 0, prerelease: "beta.1" });
});

for (const text of ["", "17", "17.7", "seventeen", "17.7.0.1", "17.7.x"]) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => parseVersion(text), {
      code: "TRUST_VERSION",
      what: `${JSON.stringify(text)} is not a version`,
      next: 'A version has three numbers, such as "17.7.0".',
    });
  });
}

test("a leaf may be as new as its root or one major version behind", () => {
  assert.equal(versionDistance("17.0.0", "17.9.3"), "fits");
  assert.equal(versionDistance("18.0.0", "17.0.0"), "fits");
  assert.equal(versionDistance("17.0.0", "18.0.0-beta.1"), "leaf-newer");
  assert.equal(versionDistance("18.0.0", "16.5.0"), "leaf-too-old");
});
