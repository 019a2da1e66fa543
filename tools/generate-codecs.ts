import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { runBuf } from "./buf";
import { replaceFolder } from "./replace-folder";
import { repositoryRoot } from "./repository";

/** Codecs of one side. */
export interface CodecTarget {
  /** Folders of proto/ that this side needs. */
  readonly from: readonly string[];
  readonly to: string;
  readonly plugin: "ts-proto" | "protobuf-es";
  /** Options of the plugin that this side wants otherwise, such as `unknownFields=false`. */
  readonly but?: readonly string[];
}

const plugins = {
  "ts-proto": {
    local: ["node", "node_modules/ts-proto/protoc-gen-ts_proto"],
    opt: [
      "env=node",
      "esModuleInterop=true",
      "forceLong=bigint",
      "oneof=unions",
      "outputJsonMethods=false",
      "outputServices=none",
      "snakeToCamel=false",
      "unknownFields=true",
      "useDate=false",
      "useExactTypes=false",
    ],
    include_imports: true,
  },
  "protobuf-es": {
    local: ["node", "node_modules/@bufbuild/protoc-gen-es/bin/protoc-gen-es"],
    opt: ["target=ts", "import_extension=none"],
    include_imports: true,
  },
} as const;

/** Files of the generator that only its options use: no message of ours refers to them. */
const unused: Readonly<Record<CodecTarget["plugin"], readonly string[]>> = {
  "ts-proto": ["google/protobuf/descriptor.ts", "teleport/duration_option.ts"],
  "protobuf-es": [],
};

function optionsOf(plugin: CodecTarget["plugin"], but: readonly string[]): string[] {
  const names = but.map((option) => option.slice(0, option.indexOf("=") + 1));
  return [...plugins[plugin].opt.filter((option) => !names.some((name) => option.startsWith(name))), ...but];
}

/** Makes the codecs of one side from proto/. Throws with buf's own text when a .proto file is wrong. */
export function generateCodecs({ from, to, plugin, but = [] }: CodecTarget): void {
  const made = mkdtempSync(join(tmpdir(), "codecs-"));
  try {
    const template = { version: "v2", plugins: [{ ...plugins[plugin], opt: optionsOf(plugin, but), out: made }] };
    runBuf(["generate", "--template", JSON.stringify(template), ...from.flatMap((path) => ["--path", path])]);
    const files = new Map<string, string>();
    for (const name of readdirSync(made, { recursive: true, encoding: "utf8" })) {
      if (!statSync(join(made, name)).isFile() || unused[plugin].includes(name)) continue;
      files.set(name, readFileSync(join(made, name), "utf8"));
    }
    replaceFolder(join(repositoryRoot, to), files);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
