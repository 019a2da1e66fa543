// The registry: what this provider manages, one line each.
import type { Api } from "../cluster";
import type { ObjectResource } from "../framework";
import { role } from "./role";
import { trustedCluster } from "./trusted-cluster";

export { isPlannedRole } from "./planned-roles";

/** A mirrored object of whatever message; the framework's `objectResource` takes each. */
// biome-ignore lint/suspicious/noExplicitAny: a list of resources has no common message type, and none is needed to drive one.
export type AnyObjectResource = ObjectResource<any, any, Api>;

/** Resources that mirror one object of the cluster API each. */
export const objectResources: readonly AnyObjectResource[] = [trustedCluster, role];
