// Preloaded into provider processes (NODE_OPTIONS=--require): each writes what it used at its end, one JSON line.
import { appendFileSync } from "node:fs";

const file = process.env.TELEPORT_TRUST_BENCH_USAGE;
if (file !== undefined) {
  process.on("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    appendFileSync(file, `${JSON.stringify({ maxRssKb: maxRSS, cpuMs: (userCPUTime + systemCPUTime) / 1000 })}\n`);
  });
}
