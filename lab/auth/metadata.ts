import { create } from "@bufbuild/protobuf";

import type { Metadata } from "../gen/teleport/types/metadata_pb";
import { MetadataSchema } from "../gen/teleport/types/metadata_pb";
import { badParameter } from "../trace-error";

/** What a label's name may be made of (recalled from api/types/constants.go). */
const labelKey = /^[a-zA-Z/.0-9_:*-]+$/;

/**
 * Checks what all objects share and puts it in when it is missing. Changes `object`.
 *
 * @throws TraceError bad_parameter for a missing name or a label whose name is none
 */
export function normalizeMetadata(object: { metadata?: Metadata | undefined }): Metadata {
  const metadata = normalizeLabels(object);
  if (metadata.name === "") throw badParameter("missing parameter Name");
  return metadata;
}

/** As {@link normalizeMetadata}, for objects that get their name later. */
export function normalizeLabels(object: { metadata?: Metadata | undefined }): Metadata {
  object.metadata ??= create(MetadataSchema);
  const wrong = Object.keys(object.metadata.labels).find((key) => !labelKey.test(key));
  if (wrong !== undefined) throw badParameter(`invalid label key: "${wrong}"`);
  return object.metadata;
}
