import type { Attribute, Attributes, FunctionDefinition, NestedAttribute, Parameter, Schema, Type } from "../framework";
import { typeText } from "../framework";
import {
  type Function_Parameter,
  type FunctionMessage,
  type Schema_Attribute,
  type Schema_Block,
  Schema_Object_NestingMode,
  type Schema as SchemaMessage,
  StringKind,
} from "./gen/tfplugin6/tfplugin6";

/** A schema as the host wants it: attributes only, nested ones included; no nested blocks. */
export function schemaMessage({ version = 0, description, deprecated, attributes }: Schema): SchemaMessage {
  const block: Schema_Block = {
    version,
    attributes: attributeMessages(attributes),
    block_types: [],
    description,
    description_kind: StringKind.MARKDOWN,
    deprecated: deprecated !== undefined,
    deprecation_message: deprecated ?? "",
  };
  return { version, block };
}

function attributeMessages(attributes: Attributes): Schema_Attribute[] {
  return Object.entries(attributes).map(([name, attribute]) => attributeMessage(name, attribute));
}

function attributeMessage(name: string, attribute: Attribute): Schema_Attribute {
  const { mode, description, sensitive = false, writeOnly = false, deprecated } = attribute;
  return {
    name,
    type: "type" in attribute ? typeBytes(attribute.type) : Buffer.alloc(0),
    nested_type: "nested" in attribute ? nestedMessage(attribute) : undefined,
    description,
    description_kind: StringKind.MARKDOWN,
    required: mode === "required",
    optional: mode === "optional" || mode === "optional-computed",
    computed: mode === "computed" || mode === "optional-computed",
    sensitive,
    write_only: writeOnly,
    deprecated: deprecated !== undefined,
    deprecation_message: deprecated ?? "",
  };
}

const nestingModes = {
  single: Schema_Object_NestingMode.SINGLE,
  list: Schema_Object_NestingMode.LIST,
  set: Schema_Object_NestingMode.SET,
  map: Schema_Object_NestingMode.MAP,
} as const;

function nestedMessage({ nested }: NestedAttribute): Schema_Attribute["nested_type"] {
  return { nesting: nestingModes[nested.nesting], attributes: attributeMessages(nested.attributes) };
}

/** A function's signature as the host wants it. */
export function functionMessage(definition: FunctionDefinition): FunctionMessage {
  const { parameters, variadic, returns, summary, description, deprecated } = definition;
  return {
    parameters: parameters.map(parameterMessage),
    variadic_parameter: variadic === undefined ? undefined : parameterMessage(variadic),
    return: { type: typeBytes(returns) },
    summary,
    description,
    description_kind: StringKind.MARKDOWN,
    deprecation_message: deprecated ?? "",
  };
}

function parameterMessage(parameter: Parameter): Function_Parameter {
  const { name, type, description, allowNull = false, allowUnknown = false } = parameter;
  return {
    name,
    type: typeBytes(type),
    allow_null_value: allowNull,
    allow_unknown_values: allowUnknown,
    description,
    description_kind: StringKind.MARKDOWN,
  };
}

/** The host parses these bytes without a net: what is no type crashes it. */
function typeBytes(type: Type): Buffer {
  return Buffer.from(typeText(type), "utf8");
}
