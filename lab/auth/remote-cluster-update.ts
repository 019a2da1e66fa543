import { clone, create } from "@bufbuild/protobuf";

import { MetadataSchema } from "../gen/teleport/types/metadata_pb";
import type { RemoteClusterV3 } from "../gen/teleport/types/remote_cluster_pb";
import { RemoteClusterStatusV3Schema } from "../gen/teleport/types/remote_cluster_pb";
import { badParameter } from "../trace-error";
import { zeroTime } from "./zero-time";

/** The paths that an update may name: the names of the server's own code, as they go over the wire. */
const patches: Readonly<Record<string, (stored: PresentParts, given: Parts) => void>> = {
  "Metadata.Labels": ({ metadata }, given) => {
    metadata.labels = { ...given.metadata?.labels };
  },
  "Metadata.Description": ({ metadata }, given) => {
    metadata.description = given.metadata?.description ?? "";
  },
  "Metadata.Expires": ({ metadata }, given) => {
    if (given.metadata?.expires === undefined) delete metadata.expires;
    else metadata.expires = given.metadata.expires;
  },
  "Status.Connection": ({ status }, given) => {
    status.connection = given.status?.connection ?? "";
  },
  "Status.LastHeartbeat": ({ status }, given) => {
    status.lastHeartbeat = given.status?.lastHeartbeat ?? zeroTime();
  },
};

type Parts = Pick<RemoteClusterV3, "metadata" | "status">;
type PresentParts = { [Name in keyof Required<Parts>]: NonNullable<Parts[Name]> };

/**
 * Puts into the stored object what an update asks for: the paths of its mask, or metadata and status when it has none.
 *
 * @throws TraceError bad_parameter for a path that is not known
 */
export function applyRemoteClusterUpdate(
  stored: RemoteClusterV3,
  given: RemoteClusterV3,
  mask: readonly string[],
): void {
  const paths = [...new Set(mask)].sort();
  const unknown = paths.find((path) => !Object.hasOwn(patches, path));
  if (unknown !== undefined) throw badParameter(`unsupported field: "${unknown}"`);
  stored.metadata ??= create(MetadataSchema);
  stored.status ??= create(RemoteClusterStatusV3Schema);
  const target = { metadata: stored.metadata, status: stored.status };
  for (const path of paths.length > 0 ? paths : Object.keys(patches)) patches[path]?.(target, cloneParts(given));
}

function cloneParts({ metadata, status }: RemoteClusterV3): Parts {
  const parts: Parts = {};
  if (metadata !== undefined) parts.metadata = clone(MetadataSchema, metadata);
  if (status !== undefined) parts.status = clone(RemoteClusterStatusV3Schema, status);
  return parts;
}
