/** The files, and the folders with nothing else in them, that `npm run generate` makes. */
export const generatedPaths: readonly string[] = [
  "provider/plugin/gen",
  "provider/protocol/gen",
  "provider/cluster/gen",
  "provider/resources/description/gen",
  "lab/gen",
  "constructs/generated",
  "docs/index.md",
  "docs/resources",
  "docs/data-sources",
  "docs/ephemeral-resources",
  "docs/functions",
];
