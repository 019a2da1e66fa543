#!/usr/bin/env node
// The provider program. Terraform starts it several times a command, so only what the handshake needs is imported here; the
// provider itself is loaded while Terraform connects.
import { writeSync } from "node:fs";

import { tooOldNode } from "./node-version";
import { createLog, logLevelFromEnvironment, servePlugin } from "./plugin";

const program = "terraform-provider-teleport";

const tooOld = tooOldNode(process.versions.node);
if (tooOld !== undefined) {
  // On standard output: what stands there instead of a handshake is shown by Terraform, what a plugin writes to stderr is not.
  writeSync(1, `${tooOld}\n`);
  process.exit(1);
}

// The provider's own variable first, then Terraform's, as Go's SDK has it.
const level = logLevelFromEnvironment(process.env, ["TF_LOG_PROVIDER_TELEPORT", "TF_LOG_PROVIDER", "TF_LOG"]);
const log = createLog(level, "plugin", (line) => process.stderr.write(line));

void servePlugin(process, {
  program,
  reportTo: "the project's issue tracker",
  // Source: Terraform, `internal/plugin6/serve.go`. The same for every provider.
  cookie: {
    name: "TF_PLUGIN_MAGIC_COOKIE",
    value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  },
  protocolVersion: 6,
  providerAddress: "registry.terraform.io/teleport-trust/teleport",
  debug: process.argv.includes("--debug"),
  // What Go providers take.
  maxMessageBytes: 256 * 1024 * 1024,
  log,
  loadRoutes: async () => {
    const { createRoutes } = await import("./create-routes.js");
    return createRoutes(process, log);
  },
});
