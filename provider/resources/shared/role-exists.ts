import { Problem } from "../../../trust";
import type { Cluster } from "../../cluster";

/** Whether a cluster has a role, as far as the identity may know: the cluster itself checks again when it is written. */
export async function roleExists(cluster: Cluster, role: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await cluster.roles.get(role, signal)) !== undefined;
  } catch (error) {
    // An identity that may not read roles can still apply.
    if (error instanceof Problem && error.code === "API_ACCESS_DENIED") return true;
    throw error;
  }
}
