import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Trait } from "../../../constructs";
import { newSite, only, synthesise } from "../../support/synthesis";

describe("a trait", () => {
  it("stands in a role as the template that the cluster fills in", () => {
    assert.equal(Trait.internal("kubernetes_groups"), "{{internal.kubernetes_groups}}");
    assert.equal(Trait.external("env_from_okta"), "{{external.env_from_okta}}");
    assert.equal(`${Trait.external("team")}-admin`, "{{external.team}}-admin");
  });

  it("is quoted when its name is more than a plain word, such as a claim that is a URL", () => {
    const claim = "https://example.com/claims/team-name";
    assert.equal(Trait.external(claim), `{{external["${claim}"]}}`);
    assert.equal(Trait.external("9lives"), '{{external["9lives"]}}');
  });

  for (const name of ["", 'a"b', "a\\b", "a\nb", "a{b}"]) {
    it(`cannot be called ${JSON.stringify(name)}, which no template can say`, () => {
      assert.throws(() => Trait.external(name), { message: /cannot be the name of a trait in a role/ });
    });
  }

  it("reaches logins, labels, Kubernetes and databases of a role as it is", () => {
    const { stack, leaf } = newSite();
    leaf.addRole("admin", {
      logins: [Trait.internal("logins"), Trait.external("logins_from_okta")],
      nodeLabels: { env: Trait.external("env_from_okta") },
      kubernetesGroups: [Trait.internal("kubernetes_groups")],
      kubernetesUsers: [Trait.internal("kubernetes_users")],
      dbUsers: [Trait.internal("db_users")],
      dbNames: [Trait.internal("db_names"), "metrics"],
    });

    assert.deepEqual(only(synthesise(stack).resource?.teleport_role).spec, {
      allow: {
        logins: ["{{internal.logins}}", "{{external.logins_from_okta}}"],
        node_labels: { env: ["{{external.env_from_okta}}"] },
        kubernetes_groups: ["{{internal.kubernetes_groups}}"],
        kubernetes_users: ["{{internal.kubernetes_users}}"],
        db_users: ["{{internal.db_users}}"],
        db_names: ["{{internal.db_names}}", "metrics"],
      },
    });
  });
});
