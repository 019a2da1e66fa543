import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { grpcMethod } from "../../provider/grpc";
import { GetProviderSchema_Request, GetProviderSchema_Response } from "../../provider/protocol/gen/tfplugin6/tfplugin6";
import { createHostCertificate } from "../../test/support/host-certificate";
import { PluginHost } from "../../test/support/plugin-host";
import { repositoryRoot } from "../repository";
import { sideBySide, timed } from "./statistics";

const folder = join(repositoryRoot, "dist/package");

function executable(): string {
  const name = readdirSync(folder).find((file) => file.startsWith("terraform-provider-teleport"));
  if (name === undefined) throw new Error("the provider is not built");
  return join(folder, name);
}

/** Ends when node has ended. */
function bareNode(env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((done, fail) => {
    spawn(process.execPath, ["-e", "0"], { env, stdio: "ignore" })
      .on("error", fail)
      .on("close", () => done());
  });
}

const getProviderSchema = grpcMethod(
  "/tfplugin6.Provider/GetProviderSchema",
  GetProviderSchema_Request,
  GetProviderSchema_Response,
);

/** Made once: Terraform's own is no part of the provider's start. */
const certificate = createHostCertificate();

async function withProvider(env: NodeJS.ProcessEnv, use: (host: PluginHost) => Promise<number>): Promise<number> {
  const host = new PluginHost({ certificate, program: executable(), env, isExecutable: true });
  try {
    return await use(host);
  } finally {
    await host.dispose();
  }
}

export interface StartFigures {
  readonly bareMs: number;
  readonly handshakeMs: number;
  readonly schemaMs: number;
}

/** Start to handshake line beside `node -e 0`; then the first schema call, TLS connection included. */
export async function measureStart(rounds: number, extra: NodeJS.ProcessEnv = {}): Promise<StartFigures> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...extra };
  const result = await sideBySide(rounds, {
    bare: () => timed(() => bareNode(env)),
    handshake: () => {
      const started = performance.now();
      return withProvider(extra, async (host) => {
        await host.handshake();
        return performance.now() - started;
      });
    },
    schema: () =>
      withProvider(extra, async (host) => {
        await host.handshake();
        const client = host.client();
        const ms = await timed(() => client.unary(getProviderSchema, {}, { signal: AbortSignal.timeout(10_000) }));
        await client.close();
        return ms;
      }),
  });
  return { bareMs: result.bare, handshakeMs: result.handshake, schemaMs: result.schema };
}
