import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { guideClusters } from "../../lab";
import { repositoryRoot } from "../../tools/repository";
import { Acceptance } from "./acceptance";
import { tlsAuthority } from "./auth-peer";
import { identityOf } from "./lab-clients";

/** Clusters that are called as the guide calls them, so that examples need no other names. */
export function startExample(): Promise<Acceptance> {
  return Acceptance.start(guideClusters);
}

function addresses({ lab }: Acceptance): readonly (readonly [published: string, inLab: string])[] {
  return lab.clusters.map(({ name, addresses: { proxy } }) => [`${name}:443`, proxy]);
}

/** An example's text with the addresses of the lab. */
export function forLab(acceptance: Acceptance, text: string): string {
  return addresses(acceptance).reduce((changed, [published, inLab]) => changed.replaceAll(published, inLab), text);
}

/** A text of the lab with the addresses as they are published. */
export function asPublished(acceptance: Acceptance, text: string): string {
  return addresses(acceptance).reduce((changed, [published, inLab]) => changed.replaceAll(inLab, published), text);
}

/** The files that examples name beside themselves: identities, and an authority's certificate. */
export function companions({ lab }: Acceptance): Readonly<Record<string, string>> {
  return {
    "root.pem": identityOf(lab.root, "bot").identityFile,
    "leaf.pem": identityOf(lab.leaf(), "bot").identityFile,
    "host-ca.pem": tlsAuthority(lab.root.authorities, "host"),
  };
}

/** Where the examples are. */
export const examplesFolder: string = join(repositoryRoot, "examples");

/** All examples of the provider's reference: `resources/teleport_role` and so on. */
export function hclExamples(): string[] {
  const kinds = ["resources", "data-sources", "ephemeral-resources", "functions"];
  return kinds.flatMap((kind) => readdirSync(join(examplesFolder, kind)).map((name) => `${kind}/${name}`)).sort();
}

/** The HCL files of an example by name, and the provider's own example among them. */
export function hclFiles(example: string): Record<string, string> {
  const names = readdirSync(join(examplesFolder, example)).filter((name) => name.endsWith(".tf"));
  const texts = names.map((name) => [name, readFileSync(join(examplesFolder, example, name), "utf8")] as const);
  return {
    ...Object.fromEntries(texts),
    "provider.tf": readFileSync(join(examplesFolder, "provider/provider.tf"), "utf8"),
  };
}

/** Address and id of an example's `import.sh`; undefined where it has none. */
export function importOf(example: string): { readonly address: string; readonly id: string } | undefined {
  if (!readdirSync(join(examplesFolder, example)).includes("import.sh")) return undefined;
  const [, address, id] =
    /^terraform import (\S+) (\S+)$/m.exec(readFileSync(join(examplesFolder, example, "import.sh"), "utf8")) ?? [];
  if (address === undefined || id === undefined) throw new Error(`${example}/import.sh has no import`);
  return { address, id };
}
