// The provider's executable, bundled from the sources as they are and run as Terraform runs it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { createRoutes } from "../../provider/create-routes";
import { grpcMethod, type Route, type ServerCall } from "../../provider/grpc";
import { tooOldNode } from "../../provider/node-version";
import { createLog } from "../../provider/plugin";
import { GetProviderSchema_Request, GetProviderSchema_Response } from "../../provider/protocol/gen/tfplugin6/tfplugin6";
import { type Bundle, bundleProvider, writeBundle } from "../../tools/bundle";
import { startHost } from "../support/plugin-host";

const executable = "terraform-provider-teleport_v0.1.0";
const getSchema = grpcMethod(
  "/tfplugin6.Provider/GetProviderSchema",
  GetProviderSchema_Request,
  GetProviderSchema_Response,
);

type UnaryRoute = Extract<Route, { readonly kind: "unary" }>;
/** Nothing of the call matters to an answer that is always the same. */
const call: ServerCall = { signal: new AbortController().signal, metadata: new Map() };

let bundle: Bundle;
let top: string;
let folder: string;

before(async () => {
  top = mkdtempSync(join(tmpdir(), "teleport-trust-bundle-"));
  // A user's own ES module project above the mirror must not change how the program is read.
  writeFileSync(join(top, "package.json"), '{ "type": "module" }');
  folder = join(top, "terraform.d/plugins");
  mkdirSync(folder, { recursive: true });
  bundle = await bundleProvider("provider/main.ts", executable);
  writeBundle(folder, bundle);
});
after(() => rmSync(top, { recursive: true, force: true }));

test("only the executable has a name that Terraform would run, and only it can be run", () => {
  const names = readdirSync(folder);
  assert.deepEqual(
    names.filter((name) => name.startsWith("terraform-provider-")),
    [`${executable}.cjs`],
  );
  assert.deepEqual(
    names.filter((name) => (statSync(join(folder, name)).mode & 0o111) !== 0),
    [`${executable}.cjs`],
  );
  assert.equal(statSync(join(folder, `${executable}.cjs`)).mode & 0o777, 0o755);
  assert.match(bundle.files.get(`${executable}.cjs`) ?? "", /^#!\/bin\/sh\n/);
});

test("the same sources give the same files, whatever else package.json says", async () => {
  assert.deepEqual([...(await bundleProvider("provider/main.ts", executable)).files], [...bundle.files]);
  const all = [...bundle.files.values()].join("\n");
  assert.equal(all.includes("devDependencies"), false);
});

/** The files that a file reads as soon as it is loaded itself: requires at the top, not those inside functions. */
function readAtOnce(name: string): string[] {
  const text = bundle.files.get(name) ?? "";
  const own = [...text.matchAll(/(?:^|[;,}]|var |=)\s*(?:\w+=)?(?:__toESM\()?require\("\.\/([^"]+)"\)/g)].map(
    (match) => match[1] as string,
  );
  return own.filter((file) => !text.includes(`then(()=>__toESM(require("./${file}"`));
}

test("nothing heavy is read before the handshake line", () => {
  const atStart = new Set([`${executable}.cjs`]);
  for (const name of atStart) for (const next of readAtOnce(name)) atStart.add(next);
  const texts = [...atStart].map((name) => bundle.files.get(name) ?? "");
  const builtins = new Set(
    texts.flatMap((text) => [...text.matchAll(/require\("(node:[a-z0-9/]+)"\)/g)].map((match) => match[1])),
  );
  // Each of these costs every start: node:http2 and node:tls 5 ms, so they are loaded once the line is out.
  assert.deepEqual([...builtins].sort(), ["node:crypto", "node:fs", "node:net", "node:os", "node:path"]);
  const bytes = texts.reduce((sum, text) => sum + text.length, 0);
  assert.ok(bytes < 64 * 1024, `${bytes} bytes are read by every start`);
});

test("libraries that most runs do not need are files of their own", () => {
  const sizes = [...bundle.files].map(([name, text]) => ({
    name,
    undici: text.includes("llhttp"),
    re2js: text.includes("RE2JSSyntaxException") && text.length > 100_000,
  }));
  assert.equal(sizes.filter(({ undici }) => undici).length, 1);
  assert.deepEqual(
    sizes.filter(({ re2js }) => re2js).map(({ name }) => name),
    ["package-re2js.cjs"],
  );
  for (const { name, undici, re2js } of sizes)
    assert.equal((undici || re2js) && /create-routes|terraform-provider/.test(name), false, name);
});

test("the executable answers with the provider's schema, with no package beside it", async () => {
  const host = startHost({ program: join(folder, `${executable}.cjs`) });
  try {
    const client = host.client();
    const { resource_schemas, diagnostics } = await client.unary(getSchema, {});
    assert.deepEqual(diagnostics, []);
    assert.ok("teleport_trust" in resource_schemas, Object.keys(resource_schemas).join());
    await client.close();
    assert.deepEqual(await host.ended, { code: 0, signal: null });
    assert.equal(host.stderr, "");
  } finally {
    await host.dispose();
  }
});

test("the schema that the executable holds ready is the one that the sources make, in a file that no other call reads", async () => {
  const made = createRoutes(
    process,
    createLog("off", "plugin", () => {}),
  ).find(({ path }) => path === getSchema.path);
  assert.equal(made?.kind, "unary");
  const bytes = await (made as UnaryRoute).answer(new Uint8Array(), call);
  const base64 = Buffer.from(bytes).toString("base64");
  const holders = [...bundle.files].filter(([, text]) => text.includes(base64)).map(([name]) => name);
  assert.equal(holders.length, 1);
  assert.match(holders[0] ?? "", /^stored-schema-/);
  for (const name of bundle.files.keys()) assert.equal(readAtOnce(name).includes(holders[0] ?? ""), false, name);
});

test("the executable tells a person what it is", async () => {
  const host = startHost({ program: join(folder, `${executable}.cjs`), env: { TF_PLUGIN_MAGIC_COOKIE: undefined } });
  assert.deepEqual(await host.ended, { code: 1, signal: null });
  assert.match(host.stderr, /^terraform-provider-teleport is a plugin\. Terraform or OpenTofu starts it/);
});

test("package.json and the executable agree on the version", () => {
  const { version } = JSON.parse(readFileSync(require.resolve("teleport-trust/package.json"), "utf8")) as {
    version: string;
  };
  assert.ok([...bundle.files.values()].some((text) => text.includes(JSON.stringify(version).slice(1, -1))));
});

const nodes: readonly [string, boolean][] = [
  ["18.20.4", true],
  ["20.18.3", true],
  ["20.19.0", false],
  ["20.20.2", false],
  ["22.1.0", false],
  ["24.0.0", false],
];
for (const [version, tooOld] of nodes) {
  test(`Node ${version} is ${tooOld ? "too old, and the user is told" : "new enough"}`, () => {
    const text = tooOldNode(version);
    assert.equal(
      text,
      tooOld
        ? `The Teleport provider needs Node.js 20.19 or newer, but the node that was found first on the PATH is ${version}. Install a newer one.`
        : undefined,
    );
  });
}

test("on a machine without node it says so where Terraform shows it", () => {
  const { status, stdout } = spawnSync(join(folder, `${executable}.cjs`), { env: { PATH: top }, encoding: "utf8" });
  assert.equal(status, 1);
  assert.equal(stdout, "This provider runs on Node 20.19 or newer, and there is no node on the PATH. Install it.\n");
});
