import { spawnSync } from "node:child_process";

interface Prerequisite {
  readonly command: string;
  readonly args: readonly string[];
  readonly minimum?: readonly [number, number];
  readonly install: string;
}

/** The program that plans and applies: OpenTofu where CDKTF's own variable names it, else `terraform`. */
export const terraformBinary: string = process.env.TERRAFORM_BINARY_NAME ?? "terraform";

const needed: readonly Prerequisite[] = [
  {
    command: terraformBinary,
    args: ["version"],
    minimum: [1, 11],
    install: "Install Terraform 1.11 or newer (or OpenTofu 1.11, and name it in TERRAFORM_BINARY_NAME).",
  },
  {
    command: "ssh",
    args: ["-V"],
    install: "Install the OpenSSH client (Debian: apt-get install openssh-client; macOS has it).",
  },
];

function isOlder(found: readonly [number, number], minimum: readonly [number, number]): boolean {
  return found[0] < minimum[0] || (found[0] === minimum[0] && found[1] < minimum[1]);
}

function faultOf({ command, args, minimum, install }: Prerequisite): string | undefined {
  const { error, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" },
  });
  if (error) return `\`${command}\` is not on the PATH. ${install}`;
  const version = `${stdout}${stderr}`.match(/v(\d+)\.(\d+)/);
  if (minimum === undefined || version === null) return undefined;
  const found = [Number(version[1]), Number(version[2])] as const;
  return isOlder(found, minimum) ? `\`${command}\` is version ${found.join(".")}. ${install}` : undefined;
}

function nodeFault(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return isOlder([major, minor], [20, 19])
    ? `Node is ${process.versions.node}. Install Node 20.19 or newer.`
    : undefined;
}

/** Ends the program with one clear message when something that the README asks for is missing. */
export function assertPrerequisites(): void {
  const faults = [nodeFault(), ...needed.map(faultOf)].filter((fault) => fault !== undefined);
  if (faults.length === 0) return;
  process.stderr.write(`This needs something that is not here:\n${faults.map((fault) => `  - ${fault}\n`).join("")}`);
  process.exit(1);
}
