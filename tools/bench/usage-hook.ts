// Preloaded into provider processes (NODE_OPTIONS=--require): each writes what it used at its end, one JSON line.
import { appendFileSync, existsSync, readFileSync } from "node:fs";

const file = process.env.TELEPORT_TRUST_BENCH_USAGE;
const status = "/proc/self/status";

/** The kernel's own figure where it has one: `maxRSS` of a process begins with that of the process that started it, here terraform. */
function peakKb(): number {
  const own = existsSync(status) ? readFileSync(status, "utf8").match(/^VmHWM:\s*(\d+) kB$/m)?.[1] : undefined;
  return own === undefined ? process.resourceUsage().maxRSS : Number(own);
}

if (file !== undefined) {
  process.on("exit", () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    appendFileSync(file, `${JSON.stringify({ maxRssKb: peakKb(), cpuMs: (userCPUTime + systemCPUTime) / 1000 })}\n`);
  });
}
