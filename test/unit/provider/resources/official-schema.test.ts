// The schemas are supersets of the official provider's: test/vectors/official-schema.json holds every attribute of 15.3.1 and of the newest version.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Attribute, Attributes, Mode, Schema, Type } from "../../../../provider/framework";
import { resources } from "../../../../provider/resources";
import {
  differences,
  type OfficialAttribute,
  officialAttributes,
  officialType,
} from "../../../support/official-schema";

const official = officialAttributes();

function typeText(type: Type): string {
  if (type.kind === "list" || type.kind === "map") return `${type.kind}(${typeText(type.element)})`;
  return type.kind;
}

function shapeText(attribute: Attribute): string {
  if (!("nested" in attribute)) return typeText(attribute.type);
  return attribute.nested.nesting === "single" ? "object" : `${attribute.nested.nesting}(object)`;
}

function* walk(attributes: Attributes, prefix: string): Iterable<[string, Attribute]> {
  for (const [name, attribute] of Object.entries(attributes)) {
    yield [prefix + name, attribute];
    if ("nested" in attribute) yield* walk(attribute.nested.attributes, `${prefix}${name}.`);
  }
}

function flagsOf(mode: Mode): { required: boolean; optional: boolean; computed: boolean } {
  return { required: mode === "required", optional: mode.startsWith("optional"), computed: mode.endsWith("computed") };
}

function schemaOf(typeName: string): Schema {
  const found = resources.find((resource) => resource.typeName === typeName);
  assert.ok(found, typeName);
  return found.schema;
}

for (const typeName of ["teleport_role", "teleport_trusted_cluster", "teleport_provision_token"]) {
  test(`${typeName} has every attribute of the official provider, with the same type and flags`, () => {
    const ours = new Map(walk(schemaOf(typeName).attributes, ""));
    const theirs = official.filter(({ resource }) => resource === typeName);
    assert.ok(theirs.length > 0);
    for (const { path, type, required, optional, computed, sensitive } of theirs) {
      const attribute = ours.get(path);
      assert.ok(attribute, `${path} is missing`);
      const expected = { type: officialType(type), required, optional, computed, sensitive };
      const actual = {
        type: shapeText(attribute),
        ...flagsOf(attribute.mode),
        sensitive: attribute.sensitive ?? false,
      };
      assert.deepEqual(actual, { ...expected, ...differences[`${typeName} ${path}`]?.flags }, path);
    }
  });

  test(`${typeName} has nothing required that the official provider does not require`, () => {
    const theirs = new Set(official.filter(({ resource }) => resource === typeName).map(({ path }) => path));
    for (const [path, { mode }] of walk(schemaOf(typeName).attributes, "")) {
      if (!theirs.has(path)) assert.notEqual(mode, "required", path);
    }
  });

  test(`every attribute of ${typeName} is described in at least one sentence`, () => {
    for (const [path, { description }] of walk(schemaOf(typeName).attributes, "")) {
      assert.match(description, /^[`A-Z].*[.]$/s, path);
    }
  });
}

test("every difference is still one", () => {
  for (const [key, { flags }] of Object.entries(differences)) {
    const [typeName, path] = key.split(" ");
    const theirs = official.find((attribute) => attribute.resource === typeName && attribute.path === path);
    assert.ok(theirs, key);
    for (const [flag, value] of Object.entries(flags)) {
      assert.notEqual(theirs[flag as keyof OfficialAttribute], value, key);
    }
  }
});
