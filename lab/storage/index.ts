export type { AtomicStep, Condition, StorageEvent, StorageOptions } from "./cluster-storage";
export { ClusterStorage } from "./cluster-storage";
export type { StoredKind, StoredKinds } from "./kinds";
export { authorityKey, storageKey, storedSchemas } from "./kinds";
