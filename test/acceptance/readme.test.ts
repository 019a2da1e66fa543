// The ways from an empty folder to a trust that the pages describe, word for word: their files, their commands.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../../tools/repository";
import { codeBlock, Reader } from "../support/reader";

test("whoever follows the README from an empty folder has a trust, and logs in through it", async () => {
  const block = (holding: string) => codeBlock("README.md", holding);
  await using reader = new Reader();
  reader.type(block("teleport-trust provider install"));
  reader.write("main.ts", readFileSync(join(repositoryRoot, "examples/guide/main.ts"), "utf8"));
  reader.write("tsconfig.json", block('"compilerOptions"'));
  reader.write("cdktf.json", block('"language"'));
  await reader.startLab(block("teleport-trust lab up"));
  reader.type(block("export SSL_CERT_FILE"));
  const applied = reader.type(block("terraform -chdir=cdktf.out/stacks/guide apply"));
  assert.match(applied, /Apply complete! Resources: 4 added, 0 changed, 0 destroyed\./);

  assert.match(reader.type(block("teleport-trust lab login")), /^\/home\/visitor$/m);
});

test("whoever follows the page of examples/hcl from an empty folder has a trust, logs in through it, and ends it", async () => {
  const block = (holding: string) => codeBlock("examples/hcl/README.md", holding);
  const example = join(repositoryRoot, "examples/hcl");
  await using reader = new Reader();
  for (const name of readdirSync(example).filter((file) => file.endsWith(".tf"))) {
    reader.write(name, readFileSync(join(example, name), "utf8"));
  }
  reader.type(block("teleport-trust provider install"));
  await reader.startLab(block("teleport-trust lab up"));
  reader.type(block("export SSL_CERT_FILE"));
  assert.match(reader.type(block("terraform apply")), /Apply complete! Resources: 4 added, 0 changed, 0 destroyed\./);
  assert.match(reader.type(block("teleport-trust lab login")), /^\/home\/visitor$/m);
  reader.type("terraform plan -detailed-exitcode");
  assert.match(reader.type("terraform destroy -auto-approve -no-color"), /Destroy complete! Resources: 4 destroyed\./);
});
