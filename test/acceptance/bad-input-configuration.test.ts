// What is wrong whatever the clusters are: refused before anything is asked, each with the nearest right value where there is one.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { Acceptance } from "../support/acceptance";
import { assertErrors, assertFailed, errorsOf, inOrder, type ShownError } from "../support/refusals";
import type { Run } from "../support/terraform";

let acceptance: Acceptance;
before(async () => {
  acceptance = await Acceptance.start();
});
after(() => acceptance.dispose());

/** A configuration that is wrong, and all that is said of it. */
interface Row {
  readonly name: string;
  readonly type: "teleport_trust" | "teleport_trusted_cluster";
  readonly text: string;
  /** Summary and detail of each error. */
  readonly says: readonly (readonly [summary: string, detail: string])[];
}

const someMap = 'role_map = [{ remote = "dev", local = ["access"] }]';

function trust(name: string, text: string, ...says: Row["says"]): Row {
  return { name, type: "teleport_trust", text, says };
}

function trustedCluster(name: string, spec: string, ...says: Row["says"]): Row {
  const text = `
  cluster  = "leaf"
  version  = "v2"
  metadata = { name = "root.lab" }
  spec = {
    enabled = true
    ${spec.replaceAll("\n", "\n    ")}
  }`;
  return { name, type: "teleport_trusted_cluster", text, says };
}

const badPattern =
  "Use the syntax of RE2 (https://github.com/google/re2/wiki/Syntax): no look-around, no back-references. [TRUST_ROLE_MAP_PATTERN]";
const emptyMap = [
  "the role map is empty",
  'Map at least one root role, such as { remote = "access", local = ["access"] }.',
];

const rows: readonly Row[] = [
  trust("a pattern that is none", 'role_map = [{ remote = "^(dev$", local = ["access"] }]', [
    '`remote` "^(dev$" is not a regular expression: error parsing regexp: missing closing ): `^(dev$`',
    `At role_map[0].remote. ${badPattern}`,
  ]),
  trust("a pattern that RE2 does not have", 'role_map = [{ remote = "^(?=dev).*$", local = ["access"] }]', [
    '`remote` "^(?=dev).*$" is not a regular expression: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
    `At role_map[0].remote. ${badPattern}`,
  ]),
  trust(
    "a row that repeats another",
    `role_map = [
    { remote = "dev", local = ["access"] },
    { remote = "ops", local = ["access"] },
    { remote = "dev", local = ["auditor"] },
  ]`,
    [
      'row 3 of the role map repeats `remote` "dev" of row 1',
      'At role_map[2].remote. Put all `local` roles of "dev" into one row. [TRUST_ROLE_MAP]',
    ],
  ),
  trust("a role map without rows", "role_map = []", [emptyMap[0] as string, `${emptyMap[1]} [TRUST_ROLE_MAP]`]),
  trust(
    "rows without names",
    `role_map = [
    { remote = "", local = [] },
    { remote = "ops", local = [""] },
    { remote = "dev", local = ["*"] },
  ]`,
    [
      "row 1 of the role map has an empty `remote`",
      'At role_map[0].remote. Name a root role, such as "access", or a pattern, such as "dev-*". [TRUST_ROLE_MAP]',
    ],
    [
      "row 1 of the role map has no roles in `local`",
      "At role_map[0].local. Name at least one role of the leaf, or remove the row. [TRUST_ROLE_MAP]",
    ],
    [
      "row 2 of the role map has an empty role in `local`",
      "At role_map[1].local[0]. Name a role of the leaf, or remove the entry. [TRUST_ROLE_MAP]",
    ],
    [
      'row 3 of the role map has "*" in `local`, which is no pattern there',
      'At role_map[2].local[0]. Name the roles of the leaf one by one; to keep the root role\'s name, map remote "*" to local "$1". [TRUST_ROLE_MAP]',
    ],
  ),
  trust(
    "addresses that are none",
    `${someMap}\n  web_proxy_addr = "https://root.example.com"\n  tunnel_addr = "root.example.com:99999"`,
    [
      '"https://root.example.com" is not an address of the form host:port',
      'Did you mean "root.example.com:443"? [TRUST_ADDRESS]',
    ],
    [
      '"root.example.com:99999" is not an address of the form host:port',
      'Write a host and a port from 1 to 65535, such as "teleport.example.com:443" or "[2001:db8::1]:443". [TRUST_ADDRESS]',
    ],
  ),
  trust(
    "durations that are none, or leave no time",
    `${someMap}\n  token_ttl = "30 s"\n  timeouts  = { create = "5 minutes", update = "0s", delete = "-1m" }`,
    ['"30 s" is not a duration', 'Did you mean "30s"? [TRUST_DURATION]'],
    ['"5 minutes" is not a duration', 'At timeouts.create. Did you mean "5m"? [TRUST_DURATION]'],
    ["a timeout of 0s leaves no time", 'At timeouts.update. Give a positive duration, such as "5m". [TRUST_ARGUMENT]'],
    ["a timeout of -1m leaves no time", 'At timeouts.delete. Give a positive duration, such as "5m". [TRUST_ARGUMENT]'],
  ),
  trust("a token that would end too early", `${someMap}\n  token_ttl = "5s"`, [
    "a token that lives for 5s may be over before the leaf has used it",
    'Give it at least "10s"; it is removed as soon as the leaf has joined. [TRUST_ARGUMENT]',
  ]),
  trust(
    "labels whose keys the cluster would refuse, after the join",
    `${someMap}\n  labels = { "env name" = "x", "a=b" = "y", "ok/1.2:*_-" = "z" }`,
    [
      '"env name" is not the key of a label',
      'At labels["env name"]. Use letters, digits and the characters `/ . _ : * -`. [TRUST_LABELS]',
    ],
    [
      '"a=b" is not the key of a label',
      'At labels["a=b"]. Use letters, digits and the characters `/ . _ : * -`. [TRUST_LABELS]',
    ],
  ),
  trust("something to wait for that is not there", `${someMap}\n  wait_for = "onlin"`, [
    '"onlin" is none of the values that are allowed here',
    'Write "online", "registered" or "none". [API_INVALID]',
  ]),
  trustedCluster(
    "both forms of a mapping",
    'web_proxy_addr = "root.example.com:443"\ntoken_wo = "t"\nroles = ["access"]\nrole_map = [{ remote = "dev", local = ["access"] }]',
    [
      "both `roles` and `role_map` are set",
      'At spec.roles. Keep `role_map`; `roles = [a, b]` is the same as one row with remote "*" and local [a, b]. [TRUST_ROLE_MAP]',
    ],
  ),
  trustedCluster("no form of a mapping", 'web_proxy_addr = "root.example.com:443"\ntoken_wo = "t"', [
    emptyMap[0] as string,
    `At spec.role_map. ${emptyMap[1]} [TRUST_ROLE_MAP]`,
  ]),
  trustedCluster("no address", 'token_wo = "t"\nrole_map = [{ remote = "dev", local = ["access"] }]', [
    "`web_proxy_addr` is missing",
    'At spec.web_proxy_addr. Give the root\'s web proxy, such as "root.example.com:443". [TRUST_ADDRESS]',
  ]),
  trustedCluster(
    "two tokens, and an address without a port",
    'web_proxy_addr = "root.example.com"\ntoken = "t"\ntoken_wo = "u"\nrole_map = [{ remote = "dev", local = ["access"] }]',
    [
      '"root.example.com" is not an address of the form host:port',
      'At spec.web_proxy_addr. Did you mean "root.example.com:443"? [TRUST_ADDRESS]',
    ],
    ["both `token` and `token_wo` are set", "At spec.token. Keep `token_wo`, which is stored nowhere. [TRUST_TOKEN]"],
  ),
];

function hcl({ type, text }: Row, index: number): string {
  const sides = type === "teleport_trust" ? '  root = "root"\n  leaf = "leaf"\n' : "";
  return `resource "${type}" "row${index}" {\n${sides}  ${text}\n}\n`;
}

describe("all faults of a configuration are told at once, and nothing is asked:", () => {
  let run: Run;
  before(async () => {
    acceptance.configure(rows.map(hcl).join("\n"));
    run = await acceptance.plan();
  });

  for (const [index, { name, type, says }] of rows.entries()) {
    test(name, () => {
      const address = `${type}.row${index}`;
      const shown = errorsOf(run).filter((error) => error.with === address);
      const expected = says.map(([summary, detail]) => ({ summary, with: address, detail }));
      assert.deepEqual(inOrder(shown), inOrder(expected));
    });
  }

  test("nothing else is said, and no cluster is called", () => {
    const said = rows.flatMap(({ says }) => says);
    assert.equal(errorsOf(run).length, said.length, run.output);
    assertFailed(run);
    assert.deepEqual(acceptance.lab.calls.calls, []);
  });
});

describe("terraform itself refuses, by the schema,", () => {
  const wrongTypes: readonly (readonly [name: string, text: string, ...errors: ShownError[]])[] = [
    [
      "values of wrong types",
      'root = "root"\n  leaf = "leaf"\n  role_map = "dev"\n  enabled = "maybe"\n  labels = ["prod"]',
      wrongType("role_map", "list of object required"),
      wrongType("enabled", "a bool is required"),
      wrongType("labels", "map of string required"),
    ],
    [
      "a name that is almost one of ours",
      `root = "root"\n  leaf = "leaf"\n  ${someMap}\n  tokenttl = "5m"`,
      {
        summary: "Unsupported argument",
        detail: 'An argument named "tokenttl" is not expected here. Did you mean "token_ttl"?',
      },
    ],
    ["a trust without its sides", someMap, missing("leaf"), missing("root")],
  ];

  for (const [name, text, ...errors] of wrongTypes) {
    test(name, async () => {
      acceptance.configure(`resource "teleport_trust" "leaf" {\n  ${text}\n}\n`);
      assertErrors(await acceptance.plan(), ...errors);
      assert.deepEqual(acceptance.lab.calls.calls, []);
    });
  }
});

function wrongType(name: string, why: string): ShownError {
  const detail = `Inappropriate value for attribute "${name}": ${why}.`;
  return { summary: "Incorrect attribute value type", detail };
}

function missing(name: string): ShownError {
  const detail = `The argument "${name}" is required, but no definition was found.`;
  return { summary: "Missing required argument", detail };
}
