export type { CallContext, Environment, ErrorMeaning, Log, ResourceContext } from "./context";
export { createProviderServer } from "./create-server";
export { Decimal } from "./decimal";
export type { Diagnostic, ProblemShape } from "./diagnostic";
export { asWarning } from "./diagnostic";
export type { EphemeralResource, Opened, Renewed } from "./ephemeral-resource";
export type { FunctionDefinition, Parameter } from "./function";
export { FunctionArgumentError } from "./function";
export { mirroredDataSource } from "./mirrored-data-source";
export { mirroredObject } from "./mirrored-object";
export type { CheckedChange, Codec, Connection, Identity, ObjectClient, ObjectResource } from "./object-resource";
export type { Path, PathStep } from "./path";
export type { Json } from "./private-state";
export { PrivateState } from "./private-state";
export type { ConfigureContext, ProviderDefinition } from "./provider";
export { relation } from "./relation";
export type { DesiredSource, RelationCall, RelationResource, StateSource } from "./relation-resource";
export type {
  Action,
  DataSource,
  Outcome,
  PlanAdjustment,
  PlanCheck,
  PlannedChange,
  Resource,
  StateView,
  Unchanged,
} from "./resource";
export type {
  Attribute,
  AttributeChange,
  Attributes,
  Mode,
  NestedAttribute,
  Schema,
  TypedAttribute,
  Validator,
} from "./schema";
export { schemaFaults } from "./schema-faults";
export { typeOfAttribute, typeOfSchema } from "./schema-type";
export type * from "./server";
export type { ObjectType, Type } from "./type";
export { types } from "./type";
export { typeText } from "./type-json";
export type { NumberValue, ObjectValue, UnknownValue, Value } from "./value";
export { DynamicValue, isObject, isWhollyKnown, newObject, Unknown } from "./value";
