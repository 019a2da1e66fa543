import { join } from "node:path";

import type { Field, FieldKind } from "../provider/resources/description/field";
import { runBuf } from "./buf";
import { replaceFolder } from "./replace-folder";
import { repositoryRoot } from "./repository";

/** The objects that resources mirror; every message that they hold is described too. */
const roots = ["types.RoleV6", "types.TrustedClusterV2", "types.ProvisionTokenV2"];

const target = "provider/resources/description/gen";

// What `buf build` tells of a .proto file, as far as it matters here (protobuf's FileDescriptorSet in JSON).
interface FieldDescriptor {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly typeName?: string;
  readonly options?: { readonly "[teleport.duration]"?: boolean };
}

interface MessageDescriptor {
  readonly name: string;
  readonly field?: readonly FieldDescriptor[];
  readonly nestedType?: readonly MessageDescriptor[];
  readonly options?: { readonly mapEntry?: boolean };
}

interface FileDescriptor {
  readonly package?: string;
  readonly messageType?: readonly MessageDescriptor[];
  readonly sourceCodeInfo?: {
    readonly location?: readonly { readonly path?: readonly number[]; readonly leadingComments?: string }[];
  };
}

interface Message {
  readonly descriptor: MessageDescriptor;
  readonly docs: readonly string[];
}

/** Numbers of the members in protobuf's own descriptor messages, of which comment paths are made. */
const inFile = { messageType: 4 };
const inMessage = { field: 2, nestedType: 3 };

function collect(files: readonly FileDescriptor[]): Map<string, Message> {
  const messages = new Map<string, Message>();
  for (const file of files) {
    const comments = new Map(
      file.sourceCodeInfo?.location?.map(({ path, leadingComments }) => [path?.join("."), leadingComments]),
    );
    const add = (scope: string, path: string, descriptor: MessageDescriptor): void => {
      const name = `${scope}.${descriptor.name}`;
      const docs = (descriptor.field ?? []).map(
        (_, index) => comments.get(`${path}.${inMessage.field}.${index}`) ?? "",
      );
      messages.set(name, { descriptor, docs });
      descriptor.nestedType?.forEach((nested, index) => {
        add(name, `${path}.${inMessage.nestedType}.${index}`, nested);
      });
    };
    file.messageType?.forEach((descriptor, index) => {
      add(file.package ?? "", `${inFile.messageType}.${index}`, descriptor);
    });
  }
  return messages;
}

const scalarKinds: Readonly<Record<string, FieldKind>> = {
  TYPE_STRING: "string",
  TYPE_BOOL: "bool",
  TYPE_INT32: "number",
  TYPE_UINT32: "number",
  TYPE_ENUM: "enum",
};

const messageKinds: Readonly<Record<string, FieldKind>> = {
  "google.protobuf.Duration": "duration-message",
  "google.protobuf.Timestamp": "time",
  "types.BoolValue": "bool-value",
  "wrappers.LabelValues": "label-values",
};

function kindOf(field: FieldDescriptor, type: Message | undefined): FieldKind {
  if (field.type === "TYPE_INT64") return field.options?.["[teleport.duration]"] === true ? "duration" : "int64";
  if (field.type !== "TYPE_MESSAGE") {
    const kind = scalarKinds[field.type];
    if (kind === undefined) throw new Error(`field ${field.name}: nothing describes ${field.type}`);
    return kind;
  }
  if (type?.descriptor.options?.mapEntry !== true) return messageKinds[field.typeName?.slice(1) ?? ""] ?? "message";
  if (type.descriptor.field?.[1]?.type === "TYPE_STRING") return "string-map";
  throw new Error(`field ${field.name}: only maps of texts are described`);
}

function fieldOf(descriptor: FieldDescriptor, doc: string, messages: ReadonlyMap<string, Message>): Field {
  const typeName = descriptor.typeName?.slice(1) ?? "";
  const kind = kindOf(descriptor, messages.get(typeName));
  if (doc === "") throw new Error(`field ${descriptor.name}: no comment, though it becomes documentation`);
  return {
    name: descriptor.name,
    kind,
    ...(descriptor.label === "LABEL_REPEATED" && kind !== "string-map" ? { repeated: true } : {}),
    ...(kind === "message" ? { message: typeName } : {}),
    doc: doc.trim().replaceAll(/\s+/g, " "),
  };
}

function describe(messages: ReadonlyMap<string, Message>): Map<string, Field[]> {
  const described = new Map<string, Field[]>();
  const queue = [...roots];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const message = messages.get(name);
    if (message === undefined) throw new Error(`proto/ has no message ${name}`);
    if (described.has(name)) continue;
    const fields = (message.descriptor.field ?? []).map((field, index) =>
      fieldOf(field, message.docs[index] ?? "", messages),
    );
    described.set(name, fields);
    queue.push(...fields.flatMap((field) => field.message ?? []));
  }
  return described;
}

function textOf(described: ReadonlyMap<string, readonly Field[]>): string {
  const blocks = [...described].map(([name, fields]) => {
    const lines = fields.map((field) => `    ${JSON.stringify(field)},\n`).join("");
    return `  ${JSON.stringify(name)}: [\n${lines}  ],\n`;
  });
  return `import type { MessageTable } from "../field";\n\nexport const messages: MessageTable = {\n${blocks.join("")}};\n`;
}

/** Makes the table from which schemas and conversions of mirrored objects come: names, kinds and comments of proto/teleport. */
export function generateDescription(): void {
  const image = JSON.parse(runBuf(["build", "--path", "proto/teleport", "-o", "-#format=json"]).toString("utf8")) as {
    readonly file: readonly FileDescriptor[];
  };
  replaceFolder(join(repositoryRoot, target), new Map([["messages.ts", textOf(describe(collect(image.file)))]]));
}
