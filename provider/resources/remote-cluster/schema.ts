import { type Schema, types } from "../../framework";
import { placeAttributes } from "../shared/one-cluster";
import { timeoutsAttribute } from "../shared/timeouts";
import { labelKeysValidator } from "../validators/label-keys";
import { notEmptyValidator } from "../validators/not-empty";
import { oneOfValidator } from "../validators/one-of";
import { timeoutDefaults } from "./timeouts";

/** The arguments of `teleport_remote_cluster`. Nothing in it changes by itself: status and heartbeat are the data source's. */
export const schema: Schema = {
  description:
    "Own labels and the description of a leaf that joins a root by other means, such as with an invitation of `teleport_rotating_token`. It never makes a remote cluster: a create waits until the leaf has joined. (`teleport_trust` labels the leaf that it joins by itself.)",
  attributes: {
    ...placeAttributes("<cluster>/<name>", "that the leaf joins, the root"),
    name: {
      type: types.string,
      mode: "required",
      replace: true,
      description: "Name of the leaf cluster.",
      validate: [notEmptyValidator],
    },
    labels: {
      type: types.map(types.string),
      mode: "optional",
      description:
        "Labels of the leaf on the root, for `cluster_labels` of roles. Labels with other keys are left alone. A labelled leaf is seen only by roles that allow its labels, also by the identity that applies.",
      validate: [labelKeysValidator],
    },
    description: {
      type: types.string,
      mode: "optional",
      description: "Text for people. Without it, whatever stands there is left alone.",
    },
    wait_for: {
      type: types.string,
      mode: "optional-computed",
      default: "registered",
      description:
        "What a create waits for: `registered` (the leaf has joined), `online` (its tunnel is up, too; labels are set before), `none` (the leaf must have joined already).",
      validate: [oneOfValidator("registered", "online", "none")],
    },
    keep_on_destroy: {
      type: types.bool,
      mode: "optional-computed",
      default: false,
      description:
        "Whether a destroy leaves the leaf as it is, with its labels. Else it is removed from the root, which ends the trust: the trusted cluster on the leaf stays, and is its owner's to remove.",
    },
    timeouts: timeoutsAttribute(timeoutDefaults),
  },
};
