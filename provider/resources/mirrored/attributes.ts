import { type Attributes, types } from "../../framework";
import type { Overrides } from "../description/override";
import { isServerOwnedLabel } from "../shared/server-owned-labels";
import { labelKeysValidator } from "../validators/label-keys";
import { notEmptyValidator } from "../validators/not-empty";
import { oneOfValidator } from "../validators/one-of";

/** What all mirrored objects' descriptions need beside proto/; `kind` is the object's, such as `role`. */
export function commonOverrides(kind: string): Overrides {
  return {
    kind: { mode: "optional-computed", keepPrior: true, validate: [oneOfValidator(kind)] },
    version: { mode: "required" },
    "metadata.name": { mode: "required", replace: true, validate: [notEmptyValidator] },
    "metadata.namespace": { mode: "optional-computed", keepPrior: true, serverDefault: "default" },
    "metadata.labels": {
      doc: "Labels of the object itself. Those that the cluster sets by itself (`teleport.dev/…`) are not shown, and stay.",
      isServerOwned: isServerOwnedLabel,
      validate: [labelKeysValidator],
    },
    "metadata.expires": {
      doc: "Time at which the cluster removes the object (RFC 3339); absent means never. It must lie in the future when it is set or changed.",
    },
    "metadata.id": { hidden: true },
    // State holds what the configuration says; a write carries the revision that was read just before.
    "metadata.revision": { hidden: true },
  };
}

/** `id` and `cluster`, at the top level of every mirrored object. */
export const commonAttributes: Attributes = {
  id: { type: types.string, mode: "computed", keepPrior: true, description: "The same as `metadata.name`." },
  cluster: {
    type: types.string,
    mode: "optional",
    description: "Key of the provider's `clusters` that the object is on; the default connection when absent.",
  },
};

/** What stands in `metadata` without a field behind it. */
export const commonMetadata: Attributes = {
  revision: {
    type: types.string,
    mode: "optional",
    description:
      "Accepted for configurations of the official provider, and not sent: writes carry the revision that was read just before.",
  },
};
