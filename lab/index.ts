export type { ApiCall, AuditEvent, AuditLogin, CallFilter, ClusterDump, Hold } from "./auth";
export { AuditLog, CallLog, tokenHash } from "./auth";
export type { CertificateAuthorities, Suite, UserCredentials, UserIdentity } from "./ca";
export type { Clock } from "./clock";
export { LabClock } from "./clock";
export type { ClusterAddresses, ClusterNode } from "./cluster";
export { LabCluster } from "./cluster";
export type { ClusterOptions, LabOptions, NodeOptions } from "./cluster-options";
export { defaultTeleportVersion } from "./cluster-options";
export type {
  ClockResult,
  FaultAction,
  LabJson,
  LabJsonCluster,
  LabJsonNode,
  LoginResult,
  PublishedLab,
} from "./control";
export {
  callLab,
  clustersTable,
  describeLab,
  faultActions,
  LabFolder,
  LabFolderError,
  labFiles,
  NoLabError,
  publishLab,
} from "./control";
export type { Direction, LinkName, LinkState } from "./faults";
export { Link, linkNames } from "./faults";
export { guideClusters, guideLeaf, guideNode, guideUser } from "./guide";
export { Lab } from "./lab";
export type { RoleSeed, UserSeed } from "./seed";
export { iacRoleName } from "./seed";
export type { StoredKind, StoredKinds } from "./storage";
export { isTrace, TraceError } from "./trace-error";
export { unverifiedFacts, versionTable } from "./versions";
