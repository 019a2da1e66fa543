// The domain: pure, without input or output, clock, Terraform or gRPC. Shared by provider, constructs and review.
export { type Address, formatAddress, parseAddress } from "./address";
export { formatDuration, formatDurationMs, parseDuration, parseDurationMs } from "./duration";
export { compileExpression, type Expression, isRegexpExpression } from "./expression";
export { type InternalTrait, internalTraits } from "./internal-traits";
export {
  createTokenName,
  isTokenNameOf,
  ownershipLabel,
  publicId,
  publicPrefixOf,
  tokenId,
  tokenPrefix,
  trustId,
} from "./invitation-token";
export {
  type LabelConditions,
  type LabelSelector,
  type Labels,
  seesEveryRemoteCluster,
  seesRemoteCluster,
  selectorContains,
  selects,
  selectsEverything,
  validateLabelKeys,
  validateSelector,
} from "./labels";
export { Problem, type ProblemCode } from "./problem";
export {
  containsExpansion,
  explainRoles,
  isSameRoleMap,
  literalLocalRoles,
  type MappedRole,
  mapRoles,
  type RoleMapping,
  validateRoleMap,
} from "./role-map";
export { roleMapAdvice } from "./role-map-advice";
export { createGenerationName, generationOf, type TokenGeneration } from "./rotating-token";
export { Secret } from "./secret";
export { isKnownSystemRole, isSameSystemRole, systemRoles } from "./system-role";
export { formatTime, isSameTime, msFromTime, parseTime, type Time, timeFromMs, zeroTimeSeconds } from "./time";
export { effectiveTunnelAddr, type TrustedClusterSpec, validateTrustedCluster } from "./trusted-cluster";
export { parseVersion, type Version, type VersionDistance, versionDistance } from "./version";
