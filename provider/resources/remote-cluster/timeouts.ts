import type { TimeoutDefaults } from "../shared/timeouts";

/** How long each call may take where the configuration does not say. Whoever runs the leaf may need a while to join. */
export const timeoutDefaults: TimeoutDefaults = {
  create: { byDefault: "5m", what: "waiting for the leaf and labelling it" },
  update: { byDefault: "2m", what: "a change" },
  delete: { byDefault: "2m", what: "the removal" },
};
