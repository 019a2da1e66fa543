import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { newSite, only, synthesise } from "../../support/synthesis";

describe("a role", () => {
  it("says logins, labels and rules in the provider's own form", () => {
    const { stack, leaf } = newSite();
    leaf.addRole("ops", {
      description: "Operators",
      version: "v6",
      logins: ["root", "{{internal.logins}}"],
      nodeLabels: { env: ["dev", "stage"], team: "ops" },
      clusterLabels: { env: "demo" },
      rules: [{ resources: ["role"], verbs: ["read", "list"] }],
      spec: { options: { maxSessionTtl: "8h" } },
    });

    const role = only(synthesise(stack).resource?.teleport_role);
    assert.equal(role.cluster, "leaf");
    assert.equal(role.version, "v6");
    assert.deepEqual(role.metadata, { description: "Operators", name: "ops" });
    assert.deepEqual(role.spec, {
      allow: {
        cluster_labels: { env: ["demo"] },
        logins: ["root", "{{internal.logins}}"],
        node_labels: { env: ["dev", "stage"], team: ["ops"] },
        rules: [{ resources: ["role"], verbs: ["read", "list"] }],
      },
      options: { max_session_ttl: "8h" },
    });
  });
});

describe("a role that makes host users", () => {
  it("says so by the API's number, beside what the role says otherwise", () => {
    const { stack, leaf } = newSite();
    leaf
      .addRole("visitor", { logins: ["visitor"], spec: { options: { maxSessionTtl: "8h" } } })
      .createHostUser("keep", ["docker"]);

    const role = only(synthesise(stack).resource?.teleport_role);
    assert.deepEqual(role.spec, {
      allow: { host_groups: ["docker"], logins: ["visitor"] },
      options: { create_host_user_mode: 3, max_session_ttl: "8h" },
    });
  });
});
