// The fake provider as a program that a real terraform starts; its boxes stand in the file that the provider block names.
import { setTimeout as delay } from "node:timers/promises";

import { createProviderServer } from "../../provider/framework";
import { createLog, logLevelFromEnvironment, servePlugin } from "../../provider/plugin";
import { providerRoutes } from "../../provider/protocol";
import { fakeProvider } from "./fake-provider";

const log = createLog(logLevelFromEnvironment(process.env, ["TF_LOG_PROVIDER", "TF_LOG"]), "fake", (line) =>
  process.stderr.write(line),
);

void servePlugin(process, {
  program: "terraform-provider-fake",
  reportTo: "nobody",
  cookie: {
    name: "TF_PLUGIN_MAGIC_COOKIE",
    value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  },
  protocolVersion: 6,
  providerAddress: "registry.terraform.io/teleport-trust/fake",
  debug: false,
  maxMessageBytes: 4 * 1024 * 1024,
  log,
  loadRoutes: async () => {
    const sleep = async (ms: number, signal: AbortSignal): Promise<void> => delay(ms, undefined, { signal });
    return providerRoutes(createProviderServer(fakeProvider(), { log, sleep, now: Date.now }), log);
  },
});
