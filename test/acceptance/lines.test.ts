// The line that terraform draws under a diagnostic: as deep as its search of the configuration goes, whatever the path names.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Terraform } from "../support/terraform";

const configuration = `
locals {
  unnamed = { name = "x", labels = { "" = "x" } }
}
resource "teleport_trust" "t" {
  root = "root"
  leaf = "leaf"
  role_map = [
    { remote = "access", local = ["access"] },
    { remote = "", local = ["access"] },
  ]
  labels = {
    "a b" = "x"
  }
  timeouts = {
    read   = "1s"
    create = "5 minutes"
  }
  wait_for = "onlin"
}
resource "teleport_role" "deep" {
  version = "v7"
  metadata = {
    description = "x"
    name        = ""
  }
  spec = {
    options = {
      max_session_ttl = "8 h"
    }
    allow = { logins = ["*"] }
  }
}
resource "teleport_role" "elsewhere" {
  version  = "v7"
  metadata = local.unnamed
}
`;

/** Which line stands under each error: its text, without the number. */
function lines(output: string): Record<string, string> {
  const errors = output.split(/^Error: /m).slice(1);
  return Object.fromEntries(
    errors.map((text) => [text.split("\n")[0] as string, /^ +\d+: *(.*)$/m.exec(text)?.[1] ?? "(none)"]),
  );
}

async function linesOf(files: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const work = new Terraform();
  try {
    work.configure("").write(files);
    return lines((await work.run(["validate", "-no-color"])).output);
  } finally {
    work.dispose();
  }
}

test("what is wrong deep in an argument is shown at the line of the second step of its path, not at the head of the block", async () => {
  assert.deepEqual(await linesOf({ "more.tf": configuration }), {
    "row 2 of the role map has an empty `remote`": '{ remote = "", local = ["access"] },',
    '"a b" is not the key of a label': '"a b" = "x"',
    '"5 minutes" is not a duration': 'create = "5 minutes"',
    '"onlin" is none of the values that are allowed here': 'wait_for = "onlin"',
    '"8 h" is not a duration': "options = {",
    '"*" is no login: the cluster takes no wildcard here': 'allow = { logins = ["*"] }',
    "the name is empty": 'name        = ""',
    // Where the second step is not written in the block, the argument is shown.
    "a label has no key": "metadata = local.unnamed",
  });
});

test("so it is in the JSON of a program", async () => {
  const json = {
    resource: {
      teleport_role: {
        deep: { version: "v7", metadata: { name: "" }, spec: { options: { max_session_ttl: "8 h" } } },
      },
    },
  };
  const shown = await linesOf({ "cdk.tf.json": JSON.stringify(json, undefined, 2) });
  assert.deepEqual(shown, { "the name is empty": '"name": ""', '"8 h" is not a duration': '"options": {' });
});
