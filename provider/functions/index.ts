import type { FunctionDefinition } from "../framework";
import { caPinFunction } from "./ca-pin";
import { identityFunction } from "./identity";
import { mapRolesFunction } from "./map-roles";

/** All functions of the provider. */
export const functions: readonly FunctionDefinition[] = [caPinFunction, identityFunction, mapRolesFunction];
