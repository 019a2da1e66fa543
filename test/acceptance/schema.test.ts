// What terraform says of the provider's schema, held against the official provider's: every attribute, its type and its flags.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ownSchema, type SchemaAttribute } from "../../tools/provider-schema";
import { dataSourceFlags, differences, officialAttributes, officialType } from "../support/official-schema";

const schema = ownSchema();

/** A type as the vectors write it: `list(string)`. */
function typeText(type: unknown): string {
  return Array.isArray(type) ? `${type[0]}(${typeText(type[1])})` : String(type);
}

function shapeOf({ type, nested_type: nested }: SchemaAttribute): string {
  if (nested === undefined) return typeText(type);
  return nested.nesting_mode === "single" ? "object" : `${nested.nesting_mode}(object)`;
}

function* walk(
  attributes: Readonly<Record<string, SchemaAttribute>>,
  prefix = "",
): Iterable<[string, SchemaAttribute]> {
  for (const [name, attribute] of Object.entries(attributes)) {
    yield [prefix + name, attribute];
    yield* walk(attribute.nested_type?.attributes ?? {}, `${prefix}${name}.`);
  }
}

/** What a resource has and its data source lacks: there is nothing behind it that could be read. */
const configurationOnlyOf: Readonly<Record<string, readonly string[]>> = {
  teleport_trusted_cluster: ["spec.token_wo", "spec.token_wo_version"],
  teleport_provision_token: ["ttl"],
};

for (const typeName of new Set(officialAttributes().map(({ resource }) => resource))) {
  const found = schema.resource_schemas?.[typeName];
  const ours = new Map(walk(found?.block.attributes ?? {}));
  const theirs = officialAttributes().filter(({ resource }) => resource === typeName);

  test(`terraform knows every attribute of the official ${typeName}, with its type and flags`, () => {
    assert.ok(theirs.length > 10);
    const shown = theirs.map(({ path }) => {
      const attribute = ours.get(path);
      if (attribute === undefined) return { path, type: "missing" };
      const { required = false, optional = false, computed = false, sensitive = false } = attribute;
      return { path, type: shapeOf(attribute), required, optional, computed, sensitive };
    });
    const expected = theirs.map(({ path, type, required, optional, computed, sensitive }) => ({
      ...{ path, type: officialType(type), required, optional, computed, sensitive },
      ...differences[`${typeName} ${path}`]?.flags,
    }));
    assert.deepEqual(shown, expected);
  });

  test(`terraform knows every attribute of the official data source ${typeName}, and requires its name alone`, () => {
    const read = new Map(walk(schema.data_source_schemas?.[typeName]?.block.attributes ?? {}));
    const shown = theirs.map(({ path }) => {
      const attribute = read.get(path);
      if (attribute === undefined) return { path, type: "missing" };
      const { required = false, optional = false, computed = false, sensitive = false } = attribute;
      return { path, type: shapeOf(attribute), required, optional, computed, sensitive };
    });
    assert.deepEqual(
      shown,
      theirs.map((each) => ({ path: each.path, type: officialType(each.type), ...dataSourceFlags(each) })),
    );
    const configurationOnly = [...ours.keys()].filter((path) => !read.has(path));
    assert.deepEqual(configurationOnly, configurationOnlyOf[typeName] ?? []);
    assert.deepEqual(
      [...read].filter(([, { required }]) => required).map(([path]) => path),
      ["metadata", "metadata.name"],
    );
  });

  test(`what ${typeName} has beside the official one can be left out`, () => {
    const known = new Set(theirs.map(({ path }) => path));
    const own = [...ours].filter(([path]) => !known.has(path));
    assert.deepEqual(
      own.filter(([, { required }]) => required).map(([path]) => path),
      [],
    );
  });

  test(`the state of ${typeName} is of the version that the official provider writes`, () => {
    assert.equal(found?.version, 0);
  });
}

test("a data source marks the secrets that its resource marks", () => {
  const sensitive = (schemas: typeof schema.resource_schemas, type: string) =>
    [...walk(schemas?.[type]?.block.attributes ?? {})].flatMap(([path, each]) => (each.sensitive ? [path] : []));
  for (const type of ["teleport_role", "teleport_trusted_cluster", "teleport_provision_token"]) {
    assert.deepEqual(sensitive(schema.data_source_schemas, type), sensitive(schema.resource_schemas, type), type);
  }
  assert.ok(sensitive(schema.data_source_schemas, "teleport_provision_token").includes("metadata.name"));
});

test("only what is a secret is marked as one, and what must not be stored is write-only", () => {
  const everything = Object.entries(schema.resource_schemas ?? {}).flatMap(([type, { block }]) =>
    [...walk(block.attributes ?? {})].map(([path, attribute]) => [`${type} ${path}`, attribute] as const),
  );
  const named = (is: (attribute: SchemaAttribute) => boolean | undefined) =>
    everything.flatMap(([name, attribute]) => (is(attribute) ? [name] : []));
  const ofTrust = (names: readonly string[]) =>
    names.filter((name) => /^teleport_(trust|trusted_cluster|role) /.test(name));
  assert.deepEqual(ofTrust(named(({ sensitive }) => sensitive)), ["teleport_trusted_cluster spec.token"]);
  assert.deepEqual(ofTrust(named(({ write_only }) => write_only)), ["teleport_trusted_cluster spec.token_wo"]);
});
