import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeDialRequest, parseDialRequest } from "../../../../lab/tunnel/dial-request";
import { encodeDiscovery, parseDiscovery } from "../../../../lab/tunnel/discovery";
import { goDuration, goTime } from "../../../../lab/tunnel/go-duration";

describe("a dial request", () => {
  it("has the field names of Teleport, and leaves out what is empty", () => {
    assert.equal(
      encodeDialRequest({ address: "@remote-auth-server" }).toString(),
      '{"address":"@remote-auth-server","conn_type":"node"}',
    );
    assert.equal(
      encodeDialRequest({
        address: "10.0.0.7:3022",
        serverId: "uuid.leaf.lab",
        connectionType: "app",
        clientSourceAddress: "192.0.2.1:50000",
        clientDestinationAddress: "192.0.2.2:3023",
      }).toString(),
      '{"address":"10.0.0.7:3022","server_id":"uuid.leaf.lab","conn_type":"app","client_src_addr":"192.0.2.1:50000","client_dst_addr":"192.0.2.2:3023"}',
    );
  });

  it("is read with fields of other releases in it", () => {
    const text =
      '{"address":"a:1","server_id":"u.l","conn_type":"node","exclusive":true,"permit":"AAAA","teleport_version":"18.1.0"}';
    assert.deepEqual(parseDialRequest(Buffer.from(text)), { address: "a:1", serverId: "u.l", connectionType: "node" });
  });

  it("may be nothing but an address, as old releases sent it", () => {
    assert.deepEqual(parseDialRequest(Buffer.from("@remote-auth-server")), { address: "@remote-auth-server" });
    assert.deepEqual(parseDialRequest(Buffer.from("10.0.0.7:22")), { address: "10.0.0.7:22" });
  });

  for (const text of ["", "{}", '{"address":""}', '{"address":7,"server_id":null}']) {
    it(`has to name a target: ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseDialRequest(Buffer.from(text)), { message: "serverID or address required" });
    });
  }
});

describe("a discovery request", () => {
  it("names the proxies, and only the names are read", () => {
    assert.equal(
      encodeDiscovery(["a", "b"]).toString(),
      '{"proxies":[{"version":"v2","metadata":{"name":"a"}},{"version":"v2","metadata":{"name":"b"}}]}',
    );
    const text =
      '{"cluster_name":"root","type":"proxy","proxies":[{"kind":"proxy","metadata":{"name":"a"},"ttl":5},{},null]}';
    assert.equal(parseDiscovery(Buffer.from(text)), undefined);
    assert.deepEqual(parseDiscovery(encodeDiscovery(["a", "b"])), ["a", "b"]);
    assert.deepEqual(parseDiscovery(Buffer.from('{"proxies":[{"metadata":{"name":""}},{}]}')), []);
    assert.equal(parseDiscovery(Buffer.from("nonsense")), undefined);
    assert.equal(parseDiscovery(Buffer.from('{"proxies":null}')), undefined);
  });
});

describe("Go's texts", () => {
  const durations: readonly (readonly [number, string])[] = [
    [0, "0s"],
    [250, "250ms"],
    [1500, "1.5s"],
    [60_000, "1m0s"],
    [900_000, "15m0s"],
    [3_600_000, "1h0m0s"],
    [5_025_000, "1h23m45s"],
  ];
  for (const [ms, text] of durations) {
    it(`has ${ms} ms as ${text}`, () => assert.equal(goDuration(ms), text));
  }

  const times: readonly (readonly [number, string])[] = [
    [1_900_000_000_000, "2030-03-17T17:46:40Z"],
    [1_900_000_000_120, "2030-03-17T17:46:40.12Z"],
    [1_900_000_000_007, "2030-03-17T17:46:40.007Z"],
  ];
  for (const [ms, text] of times) {
    it(`has the time ${ms} as ${text}`, () => assert.equal(goTime(ms), text));
  }
});
