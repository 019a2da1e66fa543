import assert from "node:assert/strict";
import { test } from "node:test";

import {
  type Diagnostic,
  type FunctionDefinition,
  type Log,
  type ProviderServer,
  type Schema,
  types,
} from "../../../../provider/framework";
import type { MessageCodec, Route } from "../../../../provider/grpc";
import { providerRoutes } from "../../../../provider/protocol";
import { diagnosticMessage } from "../../../../provider/protocol/diagnostics";
import * as wire from "../../../../provider/protocol/gen/tfplugin6/tfplugin6";

const nil = Buffer.from([0xc0]);
const bytes = (text: string): Buffer => Buffer.from(text);
const value = (text: string) => ({ msgpack: bytes(text) });

const silent: Log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

const warning: Diagnostic = {
  severity: "warning",
  summary: "s",
  detail: "d",
  path: [{ attribute: "a" }, { key: "k" }, { index: 3 }],
};
const warningMessage = {
  severity: wire.Diagnostic_Severity.WARNING,
  summary: "s",
  detail: "d",
  attribute: {
    steps: [
      { selector: { $case: "attribute_name", attribute_name: "a" } },
      { selector: { $case: "element_key_string", element_key_string: "k" } },
    ],
  },
};

const schema: Schema = {
  version: 2,
  description: "A **thing**.",
  attributes: {
    name: { mode: "required", type: types.string, description: "Its name." },
    tags: {
      mode: "optional",
      type: types.map(types.list(types.number)),
      description: "Tags.",
      deprecated: "Use `labels`.",
    },
    id: { mode: "computed", type: types.string, description: "Its id." },
    size: { mode: "optional-computed", type: types.number, description: "Its size.", sensitive: true },
    secret_wo: { mode: "optional", type: types.string, description: "Its secret.", writeOnly: true },
    rules: {
      mode: "optional",
      description: "Rules.",
      nested: { nesting: "set", attributes: { verb: { mode: "required", type: types.bool, description: "Verb." } } },
    },
  },
};

const shout: FunctionDefinition = {
  name: "shout",
  summary: "Shouts",
  description: "Makes it loud.",
  parameters: [{ name: "text", type: types.string, description: "What.", allowNull: true }],
  variadic: { name: "more", type: types.dynamic, description: "More.", allowUnknown: true },
  returns: types.list(types.string),
  call: () => null,
};

/** A server whose every method answers what the test says and keeps what it was asked. */
function serverWith(answers: Partial<Record<keyof ProviderServer, unknown>>): {
  server: ProviderServer;
  asked: unknown[];
} {
  const asked: unknown[] = [];
  const server = new Proxy({} as ProviderServer, {
    get: (_target, name) => (request: unknown) => {
      asked.push(request);
      const answer = answers[name as keyof ProviderServer];
      return typeof answer === "function" ? answer() : answer;
    },
  });
  return { server, asked };
}

/** Calls a route with the message's bytes, as the server does. */
async function call<Request, Answer>(
  routes: readonly Route[],
  name: string,
  request: [MessageCodec<Request> & { create(base: object): Request }, object],
  answer: MessageCodec<Answer>,
  signal: AbortSignal = new AbortController().signal,
): Promise<Answer> {
  const route = routes.find(({ path }) => path === `/tfplugin6.Provider/${name}`);
  assert.ok(route?.kind === "unary", `no route ${name}`);
  const [codec, base] = request;
  return answer.decode(await route.answer(codec.encode(codec.create(base)).finish(), { signal, metadata: new Map() }));
}

const rows: readonly {
  name: string;
  method: keyof ProviderServer;
  request: [never, object];
  asked: unknown;
  answers: unknown;
  codec: unknown;
  answer: unknown;
}[] = [
  row(
    "ValidateProviderConfig",
    "validateProviderConfig",
    [wire.ValidateProviderConfig_Request, { config: value("c") }],
    { config: bytes("c") },
    { diagnostics: [warning] },
    wire.ValidateProviderConfig_Response,
    { diagnostics: [warningMessage] },
  ),
  row(
    "ConfigureProvider",
    "configureProvider",
    [wire.ConfigureProvider_Request, { terraform_version: "1.11.4", config: value("c") }],
    { config: bytes("c"), terraformVersion: "1.11.4" },
    { diagnostics: [warning] },
    wire.ConfigureProvider_Response,
    { diagnostics: [warningMessage] },
  ),
  row(
    "ValidateResourceConfig",
    "validateResourceConfig",
    [
      wire.ValidateResourceConfig_Request,
      { type_name: "t", config: value("c"), client_capabilities: { write_only_attributes_allowed: true } },
    ],
    { typeName: "t", config: bytes("c"), writeOnlyAllowed: true },
    { diagnostics: [warning] },
    wire.ValidateResourceConfig_Response,
    { diagnostics: [warningMessage] },
  ),
  row(
    "ValidateResourceConfig",
    "validateResourceConfig",
    [wire.ValidateResourceConfig_Request, { type_name: "t", config: value("c") }],
    { typeName: "t", config: bytes("c"), writeOnlyAllowed: false },
    { diagnostics: [] },
    wire.ValidateResourceConfig_Response,
    { diagnostics: [] },
  ),
  row(
    "ValidateDataResourceConfig",
    "validateDataSourceConfig",
    [wire.ValidateDataResourceConfig_Request, { type_name: "t", config: value("c") }],
    { typeName: "t", config: bytes("c") },
    { diagnostics: [warning] },
    wire.ValidateDataResourceConfig_Response,
    { diagnostics: [warningMessage] },
  ),
  row(
    "ValidateEphemeralResourceConfig",
    "validateEphemeralResourceConfig",
    [wire.ValidateEphemeralResourceConfig_Request, { type_name: "t", config: value("c") }],
    { typeName: "t", config: bytes("c") },
    { diagnostics: [warning] },
    wire.ValidateEphemeralResourceConfig_Response,
    { diagnostics: [warningMessage] },
  ),
  row(
    "UpgradeResourceState",
    "upgradeResourceState",
    [wire.UpgradeResourceState_Request, { type_name: "t", version: 3, raw_state: { json: bytes("{}") } }],
    { typeName: "t", version: 3, rawState: bytes("{}") },
    { state: bytes("s"), diagnostics: [warning] },
    wire.UpgradeResourceState_Response,
    { upgraded_state: { msgpack: bytes("s"), json: Buffer.alloc(0) }, diagnostics: [warningMessage] },
  ),
  row(
    "ReadResource",
    "readResource",
    [wire.ReadResource_Request, { type_name: "t", current_state: value("s"), private: bytes("p") }],
    { typeName: "t", state: bytes("s"), private: bytes("p") },
    { state: bytes("n"), private: bytes("q"), diagnostics: [warning] },
    wire.ReadResource_Response,
    { new_state: { msgpack: bytes("n"), json: Buffer.alloc(0) }, private: bytes("q"), diagnostics: [warningMessage] },
  ),
  row(
    "PlanResourceChange",
    "planResourceChange",
    [
      wire.PlanResourceChange_Request,
      {
        type_name: "t",
        prior_state: value("s"),
        proposed_new_state: value("n"),
        config: value("c"),
        prior_private: bytes("p"),
      },
    ],
    { typeName: "t", prior: bytes("s"), proposed: bytes("n"), config: bytes("c"), private: bytes("p") },
    { planned: bytes("m"), requiresReplace: [[{ attribute: "a" }]], private: bytes("q"), diagnostics: [] },
    wire.PlanResourceChange_Response,
    {
      planned_state: { msgpack: bytes("m"), json: Buffer.alloc(0) },
      requires_replace: [{ steps: [{ selector: { $case: "attribute_name", attribute_name: "a" } }] }],
      planned_private: bytes("q"),
      diagnostics: [],
    },
  ),
  row(
    "ApplyResourceChange",
    "applyResourceChange",
    [
      wire.ApplyResourceChange_Request,
      { type_name: "t", prior_state: value("s"), config: value("c"), planned_private: bytes("p") },
    ],
    { typeName: "t", prior: bytes("s"), planned: new Uint8Array(0), config: bytes("c"), private: bytes("p") },
    { state: nil, private: Buffer.alloc(0), diagnostics: [warning] },
    wire.ApplyResourceChange_Response,
    { new_state: { msgpack: nil, json: Buffer.alloc(0) }, private: Buffer.alloc(0), diagnostics: [warningMessage] },
  ),
  row(
    "ImportResourceState",
    "importResourceState",
    [wire.ImportResourceState_Request, { type_name: "t", id: "i" }],
    { typeName: "t", id: "i" },
    { resources: [{ typeName: "t", state: bytes("s"), private: bytes("p") }], diagnostics: [] },
    wire.ImportResourceState_Response,
    {
      imported_resources: [
        { type_name: "t", state: { msgpack: bytes("s"), json: Buffer.alloc(0) }, private: bytes("p") },
      ],
      diagnostics: [],
    },
  ),
  row(
    "ReadDataSource",
    "readDataSource",
    [wire.ReadDataSource_Request, { type_name: "t", config: value("c") }],
    { typeName: "t", config: bytes("c") },
    { state: bytes("s"), diagnostics: [] },
    wire.ReadDataSource_Response,
    { state: { msgpack: bytes("s"), json: Buffer.alloc(0) }, diagnostics: [] },
  ),
  row(
    "OpenEphemeralResource",
    "openEphemeralResource",
    [wire.OpenEphemeralResource_Request, { type_name: "t", config: value("c") }],
    { typeName: "t", config: bytes("c") },
    { result: bytes("r"), private: bytes("p"), renewAtMs: 1500, diagnostics: [] },
    wire.OpenEphemeralResource_Response,
    {
      result: { msgpack: bytes("r"), json: Buffer.alloc(0) },
      private: bytes("p"),
      renew_at: { seconds: 1, nanos: 500_000_000 },
      diagnostics: [],
    },
  ),
  row(
    "RenewEphemeralResource",
    "renewEphemeralResource",
    [wire.RenewEphemeralResource_Request, { type_name: "t", private: bytes("p") }],
    { typeName: "t", private: bytes("p") },
    { private: bytes("q"), diagnostics: [warning] },
    wire.RenewEphemeralResource_Response,
    { private: bytes("q"), renew_at: undefined, diagnostics: [warningMessage] },
  ),
  row(
    "CloseEphemeralResource",
    "closeEphemeralResource",
    [wire.CloseEphemeralResource_Request, { type_name: "t" }],
    { typeName: "t", private: new Uint8Array(0) },
    { diagnostics: [] },
    wire.CloseEphemeralResource_Response,
    { diagnostics: [] },
  ),
  row(
    "CallFunction",
    "callFunction",
    [wire.CallFunction_Request, { name: "shout", arguments: [value("a"), value("b")] }],
    { name: "shout", arguments: [bytes("a"), bytes("b")] },
    { result: bytes("r") },
    wire.CallFunction_Response,
    { result: { msgpack: bytes("r"), json: Buffer.alloc(0) }, error: undefined },
  ),
  row(
    "CallFunction",
    "callFunction",
    [wire.CallFunction_Request, { name: "shout" }],
    { name: "shout", arguments: [] },
    { error: { text: "no", argument: 0 } },
    wire.CallFunction_Response,
    { result: undefined, error: { text: "no", function_argument: 0 } },
  ),
];

function row(
  name: string,
  method: keyof ProviderServer,
  request: unknown,
  asked: unknown,
  answers: unknown,
  codec: unknown,
  answer: unknown,
) {
  return { name, method, request: request as [never, object], asked, answers, codec, answer };
}

/** Buffers and plain arrays of the same bytes are the same to these tests. */
function plain(data: unknown): unknown {
  return JSON.parse(
    JSON.stringify(data, (_key, item) =>
      item?.type === "Buffer" || item instanceof Uint8Array ? Buffer.from(item.data ?? item).toString("latin1") : item,
    ),
  );
}

for (const [index, { name, method, request, asked, answers, codec, answer }] of rows.entries()) {
  test(`${name} is handed on and answered, every field (row ${index + 1})`, async () => {
    const { server, asked: seen } = serverWith({ [method]: Promise.resolve(answers) });
    const received = await call(providerRoutes(server, silent), name, request, codec as MessageCodec<unknown>);
    assert.deepEqual(seen.map(plain), [plain(asked)]);
    assert.deepEqual(plain(received), plain(answer));
  });
}

const schemas = {
  provider: { description: "p", attributes: {} },
  resources: new Map([["x_thing", schema]]),
  dataSources: new Map([["x_data", schema]]),
  ephemeralResources: new Map([["x_passing", schema]]),
  functions: new Map([["shout", shout]]),
};

test("tells the whole schema, once made, with what Terraform may expect of the provider", async () => {
  let made = 0;
  const { server } = serverWith({
    schemas: () => {
      made++;
      return schemas;
    },
  });
  const routes = providerRoutes(server, silent);
  const first = await call(
    routes,
    "GetProviderSchema",
    [wire.GetProviderSchema_Request, {}],
    wire.GetProviderSchema_Response,
  );
  const before = made;
  await call(routes, "GetProviderSchema", [wire.GetProviderSchema_Request, {}], wire.GetProviderSchema_Response);
  assert.equal(made, before);
  assert.deepEqual(first.server_capabilities, {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: false,
  });
  assert.deepEqual(first.provider?.block?.attributes, []);
  assert.deepEqual(
    [
      Object.keys(first.resource_schemas),
      Object.keys(first.data_source_schemas),
      Object.keys(first.ephemeral_resource_schemas),
      Object.keys(first.functions),
    ],
    [["x_thing"], ["x_data"], ["x_passing"], ["shout"]],
  );
});

test("gives each attribute its type, mode and marks", async () => {
  const { server } = serverWith({ schemas: () => schemas });
  const { resource_schemas } = await call(
    providerRoutes(server, silent),
    "GetProviderSchema",
    [wire.GetProviderSchema_Request, {}],
    wire.GetProviderSchema_Response,
  );
  const thing = resource_schemas.x_thing;
  assert.deepEqual(
    [thing?.version, thing?.block?.description, thing?.block?.description_kind],
    [2, "A **thing**.", wire.StringKind.MARKDOWN],
  );
  const marks = thing?.block?.attributes.map((attribute) => [
    attribute.name,
    attribute.type.toString(),
    (["required", "optional", "computed", "sensitive", "write_only", "deprecated"] as const)
      .filter((mark) => attribute[mark])
      .join(),
  ]);
  assert.deepEqual(marks, [
    ["name", '"string"', "required"],
    ["tags", '["map",["list","number"]]', "optional,deprecated"],
    ["id", '"string"', "computed"],
    ["size", '"number"', "optional,computed,sensitive"],
    ["secret_wo", '"string"', "optional,write_only"],
    ["rules", "", "optional"],
  ]);
  assert.equal(thing?.block?.attributes[1]?.deprecation_message, "Use `labels`.");
  const nested = thing?.block?.attributes[5]?.nested_type;
  assert.equal(nested?.nesting, wire.Schema_Object_NestingMode.SET);
  assert.deepEqual(
    nested?.attributes.map(({ name, type }) => [name, type.toString()]),
    [["verb", '"bool"']],
  );
});

test("tells functions with their parameters, and what there is by name", async () => {
  const { server } = serverWith({ schemas: () => schemas });
  const routes = providerRoutes(server, silent);
  const { functions } = await call(routes, "GetFunctions", [wire.GetFunctions_Request, {}], wire.GetFunctions_Response);
  const { parameters, variadic_parameter, return: returns } = functions.shout as wire.FunctionMessage;
  assert.deepEqual(
    [
      parameters[0]?.name,
      parameters[0]?.type.toString(),
      parameters[0]?.allow_null_value,
      parameters[0]?.allow_unknown_values,
    ],
    ["text", '"string"', true, false],
  );
  assert.deepEqual(
    [variadic_parameter?.type.toString(), variadic_parameter?.allow_unknown_values, returns?.type.toString()],
    ['"dynamic"', true, '["list","string"]'],
  );
  const metadata = await call(routes, "GetMetadata", [wire.GetMetadata_Request, {}], wire.GetMetadata_Response);
  assert.deepEqual(
    [metadata.resources, metadata.data_sources, metadata.ephemeral_resources, metadata.functions],
    [[{ type_name: "x_thing" }], [{ type_name: "x_data" }], [{ type_name: "x_passing" }], [{ name: "shout" }]],
  );
});

const bugs: readonly { name: string; answers: unknown; request?: object; text: string }[] = [
  {
    name: "a method that rejects",
    answers: () => Promise.reject(new TypeError("x is undefined")),
    text: "TypeError: x is undefined",
  },
  {
    name: "a method that throws",
    answers: () => {
      throw new RangeError("far");
    },
    text: "RangeError: far",
  },
  {
    name: "a state without bytes, which would mean that the object is gone",
    answers: Promise.resolve({ state: new Uint8Array(0), private: nil, diagnostics: [] }),
    text: "Error: a value to be sent has no bytes",
  },
  {
    name: "a value that came as JSON",
    answers: undefined,
    request: { current_state: { json: bytes("{}") } },
    text: "Error: protocol error: a value came as JSON, not msgpack",
  },
];
for (const { name, answers, request = {}, text } of bugs) {
  test(`tells ${name} as a bug, in a diagnostic, and logs it`, async () => {
    const logged: unknown[] = [];
    const { server } = serverWith({ readResource: answers });
    const routes = providerRoutes(server, { ...silent, error: (...line) => logged.push(line) });
    const { diagnostics, new_state } = await call(
      routes,
      "ReadResource",
      [wire.ReadResource_Request, request],
      wire.ReadResource_Response,
    );
    assert.equal(new_state, undefined);
    assert.deepEqual(diagnostics, [
      {
        severity: wire.Diagnostic_Severity.ERROR,
        summary: "ReadResource failed inside the provider",
        detail: `${text}\n\nThis is a bug in the provider. Please report it with this text and the output of the same command under TF_LOG=debug.`,
        attribute: undefined,
      },
    ]);
    assert.equal(logged.length, 1);
  });
}

test("tells a function's bug as its error", async () => {
  const { server } = serverWith({ callFunction: () => Promise.reject(new TypeError("x")) });
  const { error } = await call(
    providerRoutes(server, silent),
    "CallFunction",
    [wire.CallFunction_Request, { name: "shout" }],
    wire.CallFunction_Response,
  );
  assert.deepEqual(error, {
    text: "shout failed inside the provider, which is a bug in it: TypeError: x",
    function_argument: undefined,
  });
});

test("StopProvider aborts the calls that run, and none that comes later", async () => {
  const signals: AbortSignal[] = [];
  const server = {
    planResourceChange: (_request: unknown, signal: AbortSignal) =>
      new Promise((_resolve, reject) => {
        signals.push(signal);
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
    closeEphemeralResource: async (_request: unknown, signal: AbortSignal) => {
      signals.push(signal);
      return { diagnostics: [] };
    },
  } as unknown as ProviderServer;
  const routes = providerRoutes(server, silent);
  const running = [1, 2].map(() =>
    call(routes, "PlanResourceChange", [wire.PlanResourceChange_Request, {}], wire.PlanResourceChange_Response),
  );
  assert.deepEqual(await call(routes, "StopProvider", [wire.StopProvider_Request, {}], wire.StopProvider_Response), {
    Error: "",
  });
  for (const answer of await Promise.all(running)) assert.equal(answer.diagnostics.length, 1);
  await call(
    routes,
    "CloseEphemeralResource",
    [wire.CloseEphemeralResource_Request, {}],
    wire.CloseEphemeralResource_Response,
  );
  assert.deepEqual(
    signals.map((signal) => signal.aborted),
    [true, true, false],
  );
});

test("a call that the host drops is aborted with the host's reason", async () => {
  const controller = new AbortController();
  const server = {
    readDataSource: (_request: unknown, signal: AbortSignal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  } as unknown as ProviderServer;
  const answer = call(
    providerRoutes(server, silent),
    "ReadDataSource",
    [wire.ReadDataSource_Request, {}],
    wire.ReadDataSource_Response,
    controller.signal,
  );
  controller.abort(new Error("dropped"));
  assert.match((await answer).diagnostics[0]?.detail ?? "", /^Error: dropped/);
});

test("has every call of protocol 6.8 but the one that moves state across types", () => {
  const paths = providerRoutes(serverWith({ schemas: () => schemas }).server, silent)
    .map(({ path }) => path.slice(path.lastIndexOf("/") + 1))
    .sort();
  assert.deepEqual(paths, [
    "ApplyResourceChange",
    "CallFunction",
    "CloseEphemeralResource",
    "ConfigureProvider",
    "GetFunctions",
    "GetMetadata",
    "GetProviderSchema",
    "ImportResourceState",
    "OpenEphemeralResource",
    "PlanResourceChange",
    "ReadDataSource",
    "ReadResource",
    "RenewEphemeralResource",
    "StopProvider",
    "UpgradeResourceState",
    "ValidateDataResourceConfig",
    "ValidateEphemeralResourceConfig",
    "ValidateProviderConfig",
    "ValidateResourceConfig",
  ]);
});

test("hands on as much of a path as the host can find in a configuration, an attribute in an argument as a key", async () => {
  const shown = [
    [[], undefined],
    [[{ attribute: "a" }], ["a"]],
    [
      [{ attribute: "a" }, { attribute: "b" }, { attribute: "c" }],
      ["a", '["b"]'],
    ],
    [
      [{ attribute: "a" }, { index: 3 }, { attribute: "c" }],
      ["a", "[3]"],
    ],
    [
      [{ attribute: "a" }, { key: "k" }],
      ["a", '["k"]'],
    ],
  ] as const;
  for (const [path, expected] of shown) {
    const { attribute } = diagnosticMessage({ severity: "error", summary: "s", detail: "d", path });
    const steps = attribute?.steps.map(({ selector }) => {
      if (selector?.$case === "attribute_name") return selector.attribute_name;
      return selector?.$case === "element_key_int"
        ? `[${selector.element_key_int}]`
        : `["${selector?.element_key_string}"]`;
    });
    assert.deepEqual(steps, expected);
  }
});
