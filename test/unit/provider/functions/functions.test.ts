import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { before, test } from "node:test";

import { FunctionArgumentError, type Value } from "../../../../provider/framework";
import { functions } from "../../../../provider/functions";
import { identityOf, newAuthorities, tlsAuthority } from "../../../support/auth-peer";

function call(name: string, ...args: Value[]): Value {
  const definition = functions.find((each) => each.name === name);
  assert.ok(definition, name);
  assert.equal(args.length, definition.parameters.length);
  return definition.call(args);
}

/** What is said of an argument, and which one it is. */
function blames(argument: number, message: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FunctionArgumentError, String(error));
    assert.deepEqual([error.argument, error.message], [argument, message]);
    return true;
  };
}

const row = (remote: string, ...local: string[]) => ({ remote, local });

test("every function, and every parameter, is described in at least one sentence", () => {
  for (const { name, description, summary, parameters } of functions) {
    assert.match(description, /^[`A-Z].*[.]$/s, name);
    assert.match(summary, /^[A-Z].*[^.]$/, name);
    for (const parameter of parameters)
      assert.match(parameter.description, /^[`A-Z].*[.]$/s, `${name} ${parameter.name}`);
  }
});

const mappings: readonly [name: string, map: Value, roles: readonly string[], mapped: readonly string[]][] = [
  ["an exact name", [row("access", "visitor")], ["access", "editor"], ["visitor"]],
  ["a name that no row has", [row("access", "visitor")], ["editor"], []],
  ["a prefix and what it captures", [row("dev-*", "${1}_admin", "dev")], ["dev-a"], ["a_admin", "dev"]],
  ["a regular expression", [row("^(dev|ops)-(.+)$", "$2-$1")], ["ops-x"], ["x-ops"]],
  ["rows that lead to the same role", [row("a", "x"), row("*", "x", "y")], ["a"], ["x", "y"]],
  ["no role at all, which only a wildcard fits", [row("*", "guest")], [], ["guest"]],
];

for (const [name, map, roles, mapped] of mappings) {
  test(`map_roles maps ${name}`, () => {
    assert.deepEqual(call("map_roles", map, roles as Value), mapped);
  });
}

test("map_roles blames the role map for everything that is wrong with it, and the roles for an empty one", () => {
  assert.throws(
    () => call("map_roles", [row("^(a$", "x"), row("b")], ["a"]),
    blames(
      0,
      '`remote` "^(a$" is not a regular expression: error parsing regexp: missing closing ): `^(a$`. Use the syntax of RE2 (https://github.com/google/re2/wiki/Syntax): no look-around, no back-references.\nrow 2 of the role map has no roles in `local`. Name at least one role of the leaf, or remove the row.',
    ),
  );
  assert.throws(
    () => call("map_roles", [row("a", "x")], ["a", ""]),
    blames(1, "role 2 of the list is empty. Name a role."),
  );
  assert.throws(() => call("map_roles", [], ["a"]), FunctionArgumentError);
  assert.throws(() => call("map_roles", [null], ["a"]), FunctionArgumentError);
});

let authority: string;
let other: string;
let identityFile: string;
let pins: readonly string[];
before(async () => {
  const authorities = await newAuthorities("root.example.com");
  authority = tlsAuthority(authorities, "host");
  other = tlsAuthority(await newAuthorities("other.example.com"), "host");
  identityFile = await identityOf(authorities);
  pins = authorities.pins;
});

test("ca_pin gives the hash of the public key, as the cluster's tools do", () => {
  const spki = new X509Certificate(authority).publicKey.export({ type: "spki", format: "der" });
  const pin = `sha256:${createHash("sha256").update(spki).digest("hex")}`;
  assert.equal(call("ca_pin", authority), pin);
  assert.deepEqual([pin], pins);
  assert.equal(call("ca_pin", `Subject: whatever\n${authority}\n${authority}`), pin);
});

test("ca_pin refuses what is no certificate, and certificates of several keys", () => {
  const none = blames(
    0,
    "the text holds no certificate. Give PEM with `-----BEGIN CERTIFICATE-----` in it, such as file(…) of an identity file.",
  );
  assert.throws(() => call("ca_pin", ""), none);
  assert.throws(() => call("ca_pin", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), none);
  assert.throws(
    () => call("ca_pin", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"),
    blames(0, "the certificate cannot be decoded. Give it as it was issued, in PEM."),
  );
  assert.throws(
    () => call("ca_pin", authority + other),
    blames(
      0,
      "the text holds certificates of 2 keys, and a pin is about one. Give one certificate; the data source `teleport_cluster` lists the pins of all.",
    ),
  );
});

test("identity tells who an identity file is for, and nothing of its key", () => {
  const certificate = identityFile.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/)?.[0] ?? "";
  const { validFrom, validTo } = new X509Certificate(certificate);
  const iso = (text: string) => new Date(text).toISOString().replace(".000Z", "Z");
  const expected = {
    user: "bot-terraform",
    roles: ["terraform"],
    cluster: "root.example.com",
    not_before: iso(validFrom),
    expires: iso(validTo),
  };
  for (const text of [identityFile, certificate]) {
    assert.deepEqual({ ...(call("identity", text) as object) }, expected);
  }
});

test("identity refuses an authority, and a text without certificate, without quoting it", () => {
  assert.throws(
    () => call("identity", authority),
    blames(
      0,
      "the certificate is an authority's, not a user's. Give an identity file, or the certificate of a user or bot.",
    ),
  );
  const key = identityFile.slice(0, identityFile.indexOf("-----END"));
  assert.throws(
    () => call("identity", key),
    (error: Error) => error instanceof FunctionArgumentError && !error.message.includes(key.slice(40, 60)),
  );
});
