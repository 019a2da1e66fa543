import assert from "node:assert/strict";
import { test } from "node:test";

import { deedsOf, planOf, warningsOf } from "../../../../tools/demo/terraform-text";

const apply = `
teleport_role.visitor: Refreshing state... [id=visitor]

Terraform will perform the following actions:

  # data.teleport_nodes.all will be read during apply
  # (depends on a resource or a module with changes pending)
 <= data "teleport_nodes" "all" {
      + labels = {
          + "env" = "demo"
        }
    }

  # teleport_role.visitor will be updated in-place
  ~ resource "teleport_role" "visitor" {
      ~ version = "v6" -> "v7"
    }

Plan: 0 to add, 1 to change, 0 to destroy.

Warning: the rotating token "partner" gets a new generation

  with teleport_rotating_token.partner,
  on cdk.tf.json line 52, in resource.teleport_rotating_token.partner:
  52:       }

Applied now, it is accepted until tomorrow,
the next rotation is due at noon.

(and one more similar warning elsewhere)
teleport_role.visitor: Modifying... [id=visitor]
teleport_role.visitor: Modifications complete after 0s [id=visitor]

Apply complete! Resources: 0 added, 1 changed, 0 destroyed.
`.split("\n");

test("a plan is what is about to change, without what is only read", () => {
  assert.deepEqual(planOf(apply), [
    "Terraform will perform the following actions:",
    "  # teleport_role.visitor will be updated in-place",
    '  ~ resource "teleport_role" "visitor" {',
    '      ~ version = "v6" -> "v7"',
    "    }",
    "Plan: 0 to add, 1 to change, 0 to destroy.",
  ]);
  assert.deepEqual(planOf(["", "No changes. Your infrastructure matches the configuration.", "", "More."]), [
    "No changes. Your infrastructure matches the configuration.",
  ]);
});

test("deeds are what was done, and the heads of warnings", () => {
  assert.deepEqual(deedsOf(apply), [
    'Warning: the rotating token "partner" gets a new generation',
    "teleport_role.visitor: Modifying... [id=visitor]",
    "teleport_role.visitor: Modifications complete after 0s [id=visitor]",
    "Apply complete! Resources: 0 added, 1 changed, 0 destroyed.",
  ]);
});

test("a warning comes with its explanation, without its place, framed or not", () => {
  const expected = [
    'Warning: the rotating token "partner" gets a new generation',
    "Applied now, it is accepted until tomorrow,",
    "the next rotation is due at noon.",
  ];
  assert.deepEqual(warningsOf(apply, "the rotating token"), expected);
  const framed = apply.map((line) => (line === "" ? "│" : `│ ${line}`));
  assert.deepEqual(warningsOf(framed, "the rotating token"), expected);
  assert.deepEqual(warningsOf(apply, "the provider's clock"), []);
});
