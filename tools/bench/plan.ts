import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Acceptance } from "../../test/support/acceptance";
import { Terraform } from "../../test/support/terraform";
import { terraformBinary } from "../prerequisites";
import { sideBySide, timed } from "./statistics";

/** What one plan cost the provider's processes. */
export interface ProviderUsage {
  readonly processes: number;
  readonly peakMb: number;
  readonly cpuMs: number;
}

export interface PlanFigures {
  readonly count: number;
  readonly floorMs: number;
  readonly planMs: number;
  /** What terraform needs without anything to read: validate and plan of the same configuration with -refresh=false. */
  readonly withoutReadMs: number;
  readonly usage: ProviderUsage;
  /** CPU of terraform itself in one plan: of the whole command less the provider's processes. */
  readonly terraformCpuMs: number;
  /** The same for as many terraform_data. */
  readonly floorCpuMs: number;
  readonly apiCalls: number;
}

function terraformData(count: number): string {
  return Array.from(
    { length: count },
    (_, i) => `resource "terraform_data" "r${i}" {\n  input = "value ${i}"\n}\n`,
  ).join("");
}

function roles(count: number): string {
  const role = (i: number) => `
resource "teleport_role" "r${i}" {
  cluster = "leaf"
  version = "v7"
  metadata = { name = "role-${i}", description = "Role number ${i}" }
  spec = {
    allow = {
      logins      = ["user-${i}", "{{internal.logins}}"]
      node_labels = { env = ["env-${i}"], team = ["a", "b"] }
      rules       = [{ resources = ["role"], verbs = ["read", "list"] }]
    }
    options = { max_session_ttl = "8h0m0s" }
  }
}
`;
  return Array.from({ length: count }, (_, i) => role(i)).join("");
}

function trusts(count: number): string {
  const trust = (i: number) => `
resource "teleport_trust" "t${i}" {
  root     = "root"
  leaf     = "leaf${i + 1}"
  role_map = [{ remote = "access", local = ["access"] }]
  wait_for = "registered"
}
`;
  return Array.from({ length: count }, (_, i) => trust(i)).join("");
}

async function exit0(run: Promise<{ readonly code: number; readonly output: string }>): Promise<void> {
  const { code, output } = await run;
  if (code !== 0) throw new Error(`terraform failed:\n${output}`);
}

/** Milliseconds of CPU of a plan, of all its processes; a shell's `times` is how a program learns of its children's. */
function cpuMsOf(work: Terraform, env: Readonly<Record<string, string>>): Promise<number> {
  const script = '"$0" plan -no-color -input=false -detailed-exitcode >/dev/null || exit; times';
  return new Promise((done, fail) => {
    const child = spawn("sh", ["-c", script, terraformBinary], {
      cwd: work.folder,
      env: work.environment(env),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.on("error", fail).on("close", (code) => {
      if (code !== 0) return fail(new Error("a plan that was empty is not empty any more"));
      const [user = 0, system = 0] = (output.trim().split("\n")[1] ?? "").split(" ").map(minutesToMs);
      done(user + system);
    });
  });
}

/** `0m1.234s` in milliseconds. */
function minutesToMs(text: string): number {
  const [minutes = "0", seconds = "0"] = text.replace("s", "").split("m");
  return (Number(minutes) * 60 + Number(seconds)) * 1000;
}

function usageFrom(file: string): ProviderUsage {
  const text = statSync(file, { throwIfNoEntry: false }) ? readFileSync(file, "utf8") : "";
  const lines = text.trim().split("\n").filter(Boolean);
  const each = lines.map((line) => JSON.parse(line) as { readonly maxRssKb: number; readonly cpuMs: number });
  return {
    processes: each.length,
    peakMb: Math.max(0, ...each.map(({ maxRssKb }) => maxRssKb / 1024)),
    cpuMs: each.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}

async function measure(count: number, rounds: number, acceptance: Acceptance, text: string): Promise<PlanFigures> {
  const floor = new Terraform();
  const folder = mkdtempSync(join(tmpdir(), "teleport-trust-bench-"));
  try {
    floor.configure(terraformData(count));
    await exit0(floor.apply());
    acceptance.configure(text);
    await acceptance.applied();
    const calls = acceptance.lab.calls.calls.length;
    const usageFile = join(folder, "usage");
    const hook = {
      NODE_OPTIONS: `--require=${join(__dirname, "usage-hook.js")}`,
      TELEPORT_TRUST_BENCH_USAGE: usageFile,
    };
    // -detailed-exitcode: 0 only for an empty plan.
    await exit0(acceptance.plan({ env: hook }));
    const apiCalls = acceptance.lab.calls.calls.length - calls;
    const usage = usageFrom(usageFile);
    const { floorMs, planMs, withoutReadMs } = await sideBySide(rounds, {
      floorMs: () => timed(() => exit0(floor.plan())),
      planMs: () => timed(() => exit0(acceptance.plan())),
      withoutReadMs: () => timed(() => exit0(acceptance.run(["plan", "-no-color", "-input=false", "-refresh=false"]))),
    });
    const floorCpuMs = await cpuMsOf(floor, {});
    const terraformCpuMs = (await cpuMsOf(acceptance.terraform, acceptance.environment)) - usage.cpuMs;
    return { count, floorMs, planMs, withoutReadMs, usage, terraformCpuMs, floorCpuMs, apiCalls };
  } finally {
    floor.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function measureRoles(count: number, rounds: number): Promise<PlanFigures> {
  await using acceptance = await Acceptance.start();
  return await measure(count, rounds, acceptance, roles(count));
}

export async function measureTrusts(count: number, rounds: number): Promise<PlanFigures> {
  // Without the database authority, whose RSA keys a trust does not need and whose making takes longer than all the rest.
  const leaves = Array.from({ length: count }, (_, i) => ({
    name: `leaf-${i + 1}.lab`,
    withoutAuthorities: ["db"] as const,
  }));
  await using acceptance = await Acceptance.start({ leaves });
  return await measure(count, rounds, acceptance, trusts(count));
}
