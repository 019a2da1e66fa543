import assert from "node:assert/strict";
import { test } from "node:test";

import { formatAddress, parseAddress } from "../../../trust";

const accepted: readonly (readonly [string, string, number])[] = [
  ["teleport.example.com:443", "teleport.example.com", 443],
  ["127.0.0.1:3080", "127.0.0.1", 3080],
  ["[::1]:3024", "::1", 3024],
  ["host_name.:1", "host_name.", 1],
];

for (const [text, host, port] of accepted) {
  test(`reads ${text}, and writes it again`, () => {
    assert.deepEqual(parseAddress(text), { host, port });
    assert.equal(formatAddress({ host, port }), text);
  });
}

const refused: readonly (readonly [string, string | undefined])[] = [
  ["https://teleport.example.com", "teleport.example.com:443"],
  ["https://teleport.example.com:3080/web", "teleport.example.com:3080"],
  ["teleport.example.com", "teleport.example.com:443"],
  [" teleport.example.com:443", "teleport.example.com:443"],
  ["2001:db8::1", "[2001:db8::1]:443"],
  ["teleport.example.com:0", undefined],
  ["teleport.example.com:65536", undefined],
  ["teleport.example.com:", undefined],
  [":443", undefined],
  ["[nonsense]:443", undefined],
  ["a b:443", undefined],
  ["-x:443", undefined],
  ["", undefined],
];

for (const [text, hint] of refused) {
  test(`refuses ${JSON.stringify(text)} and ${hint === undefined ? "gives the rule" : `offers ${hint}`}`, () => {
    assert.throws(() => parseAddress(text), {
      code: "TRUST_ADDRESS",
      what: `${JSON.stringify(text)} is not an address of the form host:port`,
      next:
        hint === undefined
          ? 'Write a host and a port from 1 to 65535, such as "teleport.example.com:443" or "[2001:db8::1]:443".'
          : `Did you mean "${hint}"?`,
    });
  });
}
