/** The folders that hold nothing but what `npm run generate` makes. */
export const generatedFolders: readonly string[] = [
  "provider/plugin/gen",
  "provider/protocol/gen",
  "provider/cluster/gen",
  "provider/resources/description/gen",
  "lab/gen",
  "constructs/generated",
  "docs/resources",
  "docs/data-sources",
  "docs/ephemeral-resources",
];
