// `npm run bench`: medians and ratios, side by side in one run. Prints; judges nothing.
import { parseArgs } from "node:util";

import { assertPrerequisites } from "../prerequisites";
import { measureRoles, measureTrusts, type PlanFigures } from "./plan";
import { measureStart } from "./start";
import { measureSynth } from "./synth";

function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

function ratio(value: number, floor: number): string {
  return `${(value / floor).toFixed(2)} ×`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function printPlan(what: string, figures: PlanFigures): void {
  const { floorMs, planMs, withoutReadMs, usage, terraformCpuMs, floorCpuMs, apiCalls, count } = figures;
  print(
    `plan of ${count} unchanged ${what}    ${ms(planMs)}, ${ratio(planMs, floorMs)} as many terraform_data (${ms(floorMs)})`,
  );
  print(`  the same with -refresh=false    ${ms(withoutReadMs)}: reading costs ${ms(planMs - withoutReadMs)}`);
  print(`  provider    ${usage.processes} processes, ${ms(usage.cpuMs)} of CPU, peak ${usage.peakMb.toFixed(0)} MB`);
  print(
    `  terraform itself    ${ms(terraformCpuMs)} of CPU, ${ratio(terraformCpuMs, floorCpuMs)} what it spends on terraform_data`,
  );
  print(`  cluster calls    ${apiCalls}`);
}

async function main(): Promise<void> {
  assertPrerequisites();
  const { values } = parseArgs({
    options: { rounds: { type: "string" }, roles: { type: "string" }, trusts: { type: "string" } },
  });
  const rounds = Number(values.rounds ?? 7);
  delete process.env.NODE_EXTRA_CA_CERTS;
  print(`Node ${process.versions.node}, medians of ${rounds} rounds (start: ${rounds * 2 + 1})\n`);
  const start = await measureStart(rounds * 2 + 1);
  print(`bare node -e 0    ${ms(start.bareMs)}`);
  print(`start to handshake    ${ms(start.handshakeMs)}, ${ratio(start.handshakeMs, start.bareMs)} bare node`);
  print(`first schema call, TLS connection included    ${ms(start.schemaMs)}`);
  const synth = await measureSynth(100, rounds);
  print(
    `synth of 100 leaves    ${ms(synth.leavesMs)}, ${ratio(synth.leavesMs, synth.emptyMs)} an empty stack (${ms(synth.emptyMs)})`,
  );
  printPlan("roles", await measureRoles(Number(values.roles ?? 500), rounds));
  printPlan("trusts", await measureTrusts(Number(values.trusts ?? 100), rounds));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
