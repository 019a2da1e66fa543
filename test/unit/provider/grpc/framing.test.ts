import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { FrameReader, frameMessage } from "../../../../provider/grpc/framing";
import { percentDecode, percentEncode } from "../../../../provider/grpc/percent-encoding";
import { GrpcError, GrpcStatus } from "../../../../provider/grpc/status";
import { formatTimeout, parseTimeout } from "../../../../provider/grpc/timeout";

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let offset = 0;
  for (let index = 0; offset < bytes.length; index++) {
    const size = sizes.length === 0 ? bytes.length : (sizes[index % sizes.length] as number);
    chunks.push(bytes.subarray(offset, offset + size));
    offset += size;
  }
  return chunks;
}

test("finds the same messages wherever the chunks are cut", () => {
  const message = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.uint8Array({ minLength: 66_000, maxLength: 200_000, size: "max" }),
  );
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 5 }),
      (messages, sizes) => {
        const wire = Buffer.concat(messages.map(frameMessage));
        const reader = new FrameReader(1024 * 1024);
        const found = cut(wire, sizes).flatMap((chunk) => reader.push(chunk).map((bytes) => Buffer.from(bytes)));
        assert.deepEqual(
          found,
          messages.map((bytes) => Buffer.from(bytes)),
        );
        assert.equal(reader.isInsideMessage, false);
      },
    ),
    { numRuns: 60 },
  );
});

test("reads a stream that comes byte by byte", () => {
  const reader = new FrameReader(100);
  const wire = Buffer.concat([
    frameMessage(Buffer.from("ab")),
    frameMessage(Buffer.alloc(0)),
    frameMessage(Buffer.from("c")),
  ]);
  const found = [...wire].flatMap((byte) => reader.push(Buffer.from([byte])).map(String));
  assert.deepEqual(found, ["ab", "", "c"]);
});

test("says that it is inside a message until the last byte", () => {
  const wire = frameMessage(Buffer.from("abc"));
  for (let end = 1; end < wire.length; end++) {
    const reader = new FrameReader(100);
    assert.deepEqual(reader.push(wire.subarray(0, end)), []);
    assert.equal(reader.isInsideMessage, true, `after ${end} bytes`);
  }
});

test("does not reserve what a peer only announces", () => {
  const before = process.memoryUsage().arrayBuffers;
  const readers = Array.from({ length: 50 }, () => new FrameReader(0xffffffff));
  for (const reader of readers) reader.push(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 1, 2]));
  assert.ok(process.memoryUsage().arrayBuffers - before < 50 * 100 * 1024);
});

const refused: readonly [string, Buffer, GrpcStatus, string][] = [
  [
    "a message that is too long, from its prefix alone",
    Buffer.from([0, 0, 0, 0, 101]),
    GrpcStatus.RESOURCE_EXHAUSTED,
    "the message has 101 bytes; at most 100 are taken",
  ],
  [
    "the longest length there is",
    Buffer.from([0, 255, 255, 255, 255]),
    GrpcStatus.RESOURCE_EXHAUSTED,
    "the message has 4294967295 bytes; at most 100 are taken",
  ],
  [
    "a compressed message",
    Buffer.from([1, 0, 0, 0, 1, 1]),
    GrpcStatus.INTERNAL,
    "protocol error: the message is compressed, though no compression was offered",
  ],
  [
    "an unknown flag",
    Buffer.from([22, 3, 1, 2, 0]),
    GrpcStatus.INTERNAL,
    "protocol error: the message begins with 22, where only 0 and 1 have a meaning",
  ],
];
for (const [name, bytes, code, message] of refused) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => new FrameReader(100).push(bytes),
      (error) => error instanceof GrpcError && error.code === code && error.message === message,
    );
  });
}

test("takes a message of exactly the allowed length", () => {
  assert.equal(new FrameReader(3).push(frameMessage(Buffer.from("abc"))).length, 1);
});

test("a status text survives the wire, whatever is in it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (status) => {
      const wire = percentEncode(status);
      assert.match(wire, /^[ -~]*$/);
      assert.equal(percentDecode(wire), Buffer.from(status, "utf8").toString("utf8"));
    }),
  );
});

test("leaves alone in a status text what is no encoding", () => {
  for (const status of ["100%", "%zz", "% 41", "%4"]) assert.equal(percentDecode(status), status);
  assert.equal(percentDecode("%41%zz%C3%A9"), "A%zzé");
  assert.equal(percentDecode("%FF"), "�");
});

const timeouts: readonly [string, number | undefined][] = [
  ["1H", 3_600_000],
  ["2M", 120_000],
  ["3S", 3000],
  ["99999999m", 99_999_999],
  ["1500u", 1.5],
  ["1000000n", 1],
  ["0S", 0],
  ["", undefined],
  ["5", undefined],
  ["S", undefined],
  ["-1S", undefined],
  ["1.5S", undefined],
  ["123456789S", undefined],
  ["1s", undefined],
];
for (const [header, timeoutMs] of timeouts) {
  test(`reads the grpc-timeout "${header}" as ${timeoutMs === undefined ? "none" : `${timeoutMs} ms`}`, () => {
    assert.equal(parseTimeout(header), timeoutMs);
  });
}

test("writes a grpc-timeout that is never shorter than asked and never zero", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 9e10, noNaN: true }), (timeoutMs) => {
      const read = parseTimeout(formatTimeout(timeoutMs));
      assert.ok(read !== undefined && read >= timeoutMs && read > 0 && read - timeoutMs < 1001);
    }),
  );
});
