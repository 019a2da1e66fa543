// The app that the synth bench runs: one root, as many leaves as the first argument says, a role and a trust for each.
import { App, TerraformStack } from "cdktf";

import { Identity, LeafCluster, RoleMap, RootCluster } from "../../constructs";

const count = Number(process.argv[2]);
const app = new App();
const stack = new TerraformStack(app, "fleet");
const root = new RootCluster(stack, "root", { addr: "root.example.com:443", identity: Identity.fromFile("root.pem") });
for (let i = 0; i < count; i++) {
  const addr = `leaf-${i}.example.com:443`;
  const leaf = new LeafCluster(stack, `leaf-${i}`, { addr, identity: Identity.fromFile(`leaf-${i}.pem`) });
  const visitor = leaf.addRole("visitor", { logins: ["visitor"], nodeLabels: { "*": "*" } });
  leaf.trust(root, { roleMap: RoleMap.from("access").to(visitor), labels: { leaf: `leaf-${i}` } });
}
app.synth();
