// A small provider program for tests of the plugin process: real handshake, TLS, protocol and framework, and nothing of Teleport.
// A `fixture_note` exists only in Terraform's state; what its text says decides what happens.
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

import {
  createProviderServer,
  type Log,
  type ProviderDefinition,
  type Resource,
  types,
} from "../../provider/framework";
import { createLog, logLevelFromEnvironment, servePlugin } from "../../provider/plugin";
import { providerRoutes } from "../../provider/protocol";

const note: Resource<Log> = {
  typeName: "fixture_note",
  schema: {
    description: "A note that exists in the state only.",
    attributes: {
      text: {
        mode: "required",
        type: types.string,
        description: "`wait`, `crash`, `throw` and `log` do what they say.",
      },
      id: { mode: "computed", type: types.string, description: "Always `note`.", keepPrior: true },
    },
  },
  create: ({ planned }, context) => write(planned, context.api, context.signal),
  read: async () => ({ unchanged: true }),
  update: ({ planned }, context) => write(planned, context.api, context.signal),
  delete: async () => undefined,
};

type Written = Awaited<ReturnType<Resource<Log>["create"]>>;

async function write(planned: NonNullable<Written["state"]>, log: Log, signal: AbortSignal): Promise<Written> {
  if (planned.text === "wait") {
    log.warn("waiting");
    if (!signal.aborted) await once(signal, "abort");
    throw signal.reason;
  }
  if (planned.text === "crash") setImmediate(() => throwInNobodysCall());
  if (planned.text === "crash") await delay(60_000, undefined, { signal });
  if (planned.text === "throw") throw new TypeError("a bug of the fixture");
  log.debug("a note was written", { text: planned.text, api_token: "marker-of-a-secret" });
  return { state: { ...planned, id: "note" } };
}

function throwInNobodysCall(): never {
  throw new RangeError("the fixture crashes\nas it was told");
}

const definition: ProviderDefinition<Log> = {
  version: "0.1.0",
  schema: { description: "A provider for tests.", attributes: {} },
  configure: async (_config, { log }) => ({ api: log }),
  resources: [note],
  dataSources: [],
  ephemeralResources: [],
  functions: [],
};

const level = logLevelFromEnvironment(process.env, ["TF_LOG_PROVIDER_FIXTURE", "TF_LOG_PROVIDER", "TF_LOG"]);
const log = createLog(level, "fixture", (line) => process.stderr.write(line));

void servePlugin(process, {
  program: "terraform-provider-fixture",
  reportTo: "nobody",
  cookie: {
    name: "TF_PLUGIN_MAGIC_COOKIE",
    value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  },
  protocolVersion: 6,
  providerAddress: "registry.terraform.io/teleport-trust/fixture",
  debug: process.argv.includes("--debug"),
  maxMessageBytes: 1024 * 1024,
  log,
  loadRoutes: async () => {
    const sleep = async (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal });
    return providerRoutes(createProviderServer(definition, { log, sleep, now: Date.now }), log);
  },
});
