// Makes everything that is generated: codecs from proto/, the description of messages, L1 bindings and docs from the schema. `npm run check` runs it and fails on a diff.
import { writePackage } from "./bundle";
import { generateBindings } from "./generate-bindings";
import { type CodecTarget, generateCodecs } from "./generate-codecs";
import { generateDescription } from "./generate-description";
import { generateDocs } from "./generate-docs";

// Terraform's messages are made anew for each answer, never read, changed and written back: what we do not know may be dropped.
const ofTerraform = ["unknownFields=false", "forceLong=number"];

/** Each side has codecs of its own, by a library of its own: provider and lab judge one another. */
const codecs: readonly CodecTarget[] = [
  { from: ["proto/plugin"], to: "provider/plugin/gen", plugin: "ts-proto", but: ofTerraform },
  { from: ["proto/tfplugin6"], to: "provider/protocol/gen", plugin: "ts-proto", but: ofTerraform },
  { from: ["proto/teleport"], to: "provider/cluster/gen", plugin: "ts-proto" },
  { from: ["proto/teleport"], to: "lab/gen", plugin: "protobuf-es" },
];

async function main(): Promise<void> {
  for (const target of codecs) generateCodecs(target);
  generateDescription();
  // From here on terraform is asked, which runs the provider as it has just been generated.
  await writePackage();
  await generateBindings();
  generateDocs();
}

void main();
