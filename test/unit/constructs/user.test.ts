import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { newSite, only, synthesise } from "../../support/synthesis";

describe("a user's grant", () => {
  it("adds roles by reference and logins as a trait", () => {
    const { stack, root } = newSite();
    const role = root.addRole("demo", { clusterLabels: { env: "demo" } });
    root
      .user("myuser")
      .grant({ roles: [role, "auditor"], logins: ["visitor"], traits: { env: ["dev"], logins: ["ops"] } });

    const grant = only(synthesise(stack).resource?.teleport_user_grant);
    assert.equal(grant.user, "myuser");
    assert.equal(grant.cluster, "root");
    assert.deepEqual(grant.roles, [`\${teleport_role.${role.resource.friendlyUniqueId}.id}`, "auditor"]);
    assert.deepEqual(grant.traits, { env: ["dev"], logins: ["visitor", "ops"] });
  });

  it("may be given twice to one user, each with an id of its own", () => {
    const { stack, root } = newSite();
    root.user("myuser").grant({ logins: ["a"] });
    root.user("myuser").grant({ logins: ["b"] }, "More");

    assert.equal(Object.keys(synthesise(stack).resource?.teleport_user_grant ?? {}).length, 2);
  });

  it("is refused when it gives nothing", () => {
    const { root } = newSite();
    assert.throws(() => root.user("myuser").grant({ roles: [] }), /The grant for myuser gives nothing/);
  });
});
