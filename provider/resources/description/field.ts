/**
 * How a field of a Teleport message is written, on the wire and in Terraform:
 *
 * | kind | message | Terraform |
 * |---|---|---|
 * | `string`, `bool` | the same | the same |
 * | `number` | 32-bit number | number |
 * | `int64` | bigint | number |
 * | `enum` | number | number |
 * | `duration` | bigint of nanoseconds | text such as `1h30m` |
 * | `duration-message` | `google.protobuf.Duration` | text such as `1h30m` |
 * | `time` | `google.protobuf.Timestamp`, year 1 means unset | RFC 3339 text |
 * | `bool-value` | `types.BoolValue`, absent is not false | bool |
 * | `string-map` | map of texts | map(string) |
 * | `label-values` | `wrappers.LabelValues` | map(list(string)) |
 * | `message` | a message with fields of its own | object |
 */
export type FieldKind =
  | "string"
  | "bool"
  | "number"
  | "int64"
  | "enum"
  | "duration"
  | "duration-message"
  | "time"
  | "bool-value"
  | "string-map"
  | "label-values"
  | "message";

/** One field of a message, as `npm run generate` reads it from proto/. */
export interface Field {
  /** Property of the message, key of its JSON form and attribute of Terraform alike. */
  readonly name: string;
  readonly kind: FieldKind;
  /** A list of them. */
  readonly repeated?: true;
  /** The message's name, for the kind `message`. */
  readonly message?: string;
  /** One or more sentences of Markdown. */
  readonly doc: string;
}

/** The fields of messages, by the messages' full names, such as `types.RoleV6`. */
export type MessageTable = Readonly<Record<string, readonly Field[]>>;
