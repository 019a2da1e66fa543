import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { expressionText } from "../../../constructs/elements";

describe("a text in an expression", () => {
  it("is escaped so that Terraform reads it byte for byte", () => {
    assert.equal(expressionText('a "b" \\d ${c} %{d}\n'), '"a \\"b\\" \\\\d $${c} %%{d}\\n"');
  });
});
