// Values on the wire, judged by what go-cty 1.16 (the library inside Terraform 1.11.4) writes and reads: test/vectors/cty-msgpack.json.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { Decimal, numberFromDecimal, numberText } from "../../../../provider/framework/decimal";
import { valueKey, valuesEqual } from "../../../../provider/framework/equality";
import { decodeValue, encodeValue } from "../../../../provider/framework/msgpack";
import { valueFromJson } from "../../../../provider/framework/state-json";
import type { Type } from "../../../../provider/framework/type";
import { parseType, typeFromJson, typeText } from "../../../../provider/framework/type-json";
import type { Value } from "../../../../provider/framework/value";
import {
  hasInfinity,
  type NotedText,
  type NotedValue,
  notedText,
  notedValue,
  roundAsGo,
} from "../../../support/cty-notation";
import { readVectors } from "../../../support/vectors";

interface Row {
  readonly kind: string;
  readonly type: unknown;
  readonly value: NotedValue;
  readonly msgpack?: NotedText;
  readonly msgpack_length?: number;
  readonly msgpack_sha256?: string;
  readonly json?: NotedText;
  readonly reads_back?: NotedValue;
  readonly json_reads_back?: NotedValue;
  readonly lossy?: boolean;
  readonly note?: string;
}

interface RefusedRow {
  readonly type: unknown;
  readonly msgpack: string;
  readonly note?: string;
}

interface JsonRow {
  readonly type: unknown;
  readonly json: string;
  readonly value?: NotedValue;
  readonly error?: string;
  readonly panic?: string;
}

interface TypeRow {
  readonly text: string;
  readonly writes?: string;
}

const vectors = readVectors<{
  encode: Row[];
  decode_only: Row[];
  quirks: Row[];
  reject: RefusedRow[];
  types: TypeRow[];
  json_decode: JsonRow[];
}>("cty-msgpack");

const label = (row: { type: unknown; note?: string }, i: number) =>
  `row ${i} (${JSON.stringify(row.type)}, ${row.note ?? ""})`;

function assertSame(type: Type, actual: Value, expected: Value, message: string): void {
  // Go rounds numbers to 512 bits; ours keep every digit, so both sides are rounded before they are compared.
  const [left, right] = [actual, expected].map((value) => roundAsGo(type, value));
  assert.ok(
    valuesEqual(type, left as Value, right as Value),
    `${message}: ${valueKey(type, actual)} is not ${valueKey(type, expected)}`,
  );
}

/** More digits than Go's mantissa of 512 bits holds. */
const exceedsGo = (value: NotedValue) => /\d{151}/.test(JSON.stringify(value).replace(".", ""));

const hasRefinement = (value: NotedValue) => JSON.stringify(value).includes('"unknown":{');

describe("values as msgpack", () => {
  it("are written byte for byte as go-cty does", () => {
    let judged = 0;
    for (const [i, row] of vectors.encode.entries()) {
      // Ours drops refinements, and refuses infinities, which Terraform cannot store.
      if (hasRefinement(row.value) || hasInfinity(row.value)) continue;
      const type = typeFromJson(row.type);
      const bytes = encodeValue(type, notedValue(type, row.value));
      if (row.msgpack_length !== undefined) {
        assert.equal(bytes.length, row.msgpack_length, label(row, i));
        assert.equal(createHash("sha256").update(bytes).digest("hex"), row.msgpack_sha256, label(row, i));
      } else if (row.lossy && type.kind === "number") {
        // go-cty writes other digits than the number has; ours writes the number.
        assertSame(type, decodeValue(type, bytes), notedValue(type, row.value), label(row, i));
      } else if (exceedsGo(row.value)) {
        // Ours keeps the digits that Go rounds away.
        const theirs = decodeValue(type, Buffer.from(notedText(row.msgpack as NotedText), "hex"));
        assertSame(type, decodeValue(type, bytes), theirs, label(row, i));
      } else if (JSON.stringify(row.value).includes('"set"')) {
        // The order inside a set of anything but texts and numbers is Go's hash order: compared as sets.
        const theirs = decodeValue(type, Buffer.from(notedText(row.msgpack as NotedText), "hex"));
        assertSame(type, decodeValue(type, bytes), theirs, label(row, i));
        // 0 and -0 are one number here, two elements there.
        if (!row.lossy) assert.equal(bytes.length, notedText(row.msgpack as NotedText).length / 2, label(row, i));
      } else {
        assert.equal(bytes.toString("hex"), notedText(row.msgpack as NotedText), label(row, i));
      }
      judged++;
    }
    assert.ok(judged > 600, `only ${judged} rows were judged`);
  });

  it("keep the order of go-cty in sets of texts and numbers", () => {
    const rows = vectors.encode.filter(
      (row) => /^\["set","(string|number)"\]$/.test(JSON.stringify(row.type)) && !hasRefinement(row.value),
    );
    for (const [i, row] of rows.entries()) {
      // 0 and -0 are one number here, two elements there.
      if (hasInfinity(row.value) || row.lossy) continue;
      const type = typeFromJson(row.type);
      assert.equal(
        encodeValue(type, notedValue(type, row.value)).toString("hex"),
        row.msgpack as string,
        label(row, i),
      );
    }
  });

  it("are read from the bytes that go-cty writes", () => {
    for (const [i, row] of vectors.encode.entries()) {
      if (row.msgpack === undefined || hasInfinity(row.value)) continue;
      const type = typeFromJson(row.type);
      const expected = notedValue(type, row.reads_back ?? row.value);
      assertSame(type, decodeValue(type, Buffer.from(notedText(row.msgpack), "hex")), expected, label(row, i));
    }
  });

  it("are read from other bytes that go-cty reads too", () => {
    for (const [i, row] of vectors.decode_only.entries()) {
      const type = typeFromJson(row.type);
      const bytes = Buffer.from(notedText(row.msgpack as NotedText), "hex");
      // Terraform cannot store infinities, so none ever arrives.
      if (hasInfinity(row.value)) assert.throws(() => decodeValue(type, bytes), { name: "ValueError" }, label(row, i));
      else assertSame(type, decodeValue(type, bytes), notedValue(type, row.value), label(row, i));
    }
  });

  it("are refused where go-cty refuses or crashes", () => {
    for (const [i, row] of vectors.reject.entries()) {
      const type = typeFromJson(row.type);
      // Bytes that are missing altogether mean null: that is how an absent DynamicValue arrives.
      if (row.msgpack === "") continue;
      const bytes = Buffer.from(notedText(row.msgpack), "hex");
      assert.throws(() => decodeValue(type, bytes), { name: "ValueError" }, label(row, i));
    }
  });

  it("are refused where go-cty reads malformed bytes as something", () => {
    for (const [i, row] of vectors.quirks.entries()) {
      const type = typeFromJson(row.type);
      const bytes = Buffer.from(notedText(row.msgpack as NotedText), "hex");
      assert.throws(() => decodeValue(type, bytes), { name: "ValueError" }, label(row, i));
    }
  });
});

describe("values as JSON", () => {
  it("are read from what go-cty writes, without losing a digit", () => {
    for (const [i, row] of vectors.encode.entries()) {
      if (row.json === undefined) continue;
      const type = typeFromJson(row.type);
      const expected = notedValue(type, row.json_reads_back ?? row.reads_back ?? row.value);
      assertSame(type, valueFromJson(type, notedText(row.json)), expected, label(row, i));
    }
  });

  // Bytes behind the value, `01`, and infinity as text: nothing that Terraform writes.
  const strict = new Set(['["a"] x', '"a" "b"', "01", '"Inf"']);

  it("are read or refused as cty/json does, except that what stands behind a value is refused", () => {
    for (const [i, row] of vectors.json_decode.entries()) {
      const type = typeFromJson(row.type);
      const where = `row ${i} (${row.json} as ${JSON.stringify(row.type)})`;
      if (row.value === undefined || strict.has(row.json)) {
        assert.throws(() => valueFromJson(type, row.json), { name: "ValueError" }, where);
      } else {
        assertSame(type, valueFromJson(type, row.json), notedValue(type, row.value), where);
      }
    }
  });
});

describe("types as text", () => {
  it("are read, refused and written as go-cty does", () => {
    for (const row of vectors.types) {
      if (row.writes === undefined) assert.throws(() => parseType(row.text), { name: "TypeTextError" }, row.text);
      else assert.equal(typeText(parseType(row.text)), row.writes, row.text);
    }
  });
});

describe("decimals", () => {
  it("are JS numbers exactly where nothing is lost", () => {
    for (const text of ["0.1", "9007199254740993", "1e400", "-0.3", "123456789012345678901234567890"]) {
      assert.ok(numberFromDecimal(Decimal.parse(text) as Decimal) instanceof Decimal, text);
    }
    for (const text of ["0.5", "-12", "9007199254740991", "1e3", "0.0001220703125"]) {
      assert.equal(typeof numberFromDecimal(Decimal.parse(text) as Decimal), "number", text);
    }
  });

  it("refuse texts whose digits would fill the memory", () => {
    assert.equal(Decimal.parse("1e999999999"), undefined);
    assert.equal(Decimal.parse("1e-999999999"), undefined);
  });

  it("print the shortest text that says the number", () => {
    assert.equal(numberText(0.1), "0.1");
    assert.equal(numberText(1e-7), "0.0000001");
    assert.equal(numberText(-0), "0");
    assert.equal(numberText(Decimal.parse("-1.2300e2") as Decimal), "-123");
  });
});
