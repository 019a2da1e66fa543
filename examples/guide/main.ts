import { App, TerraformStack } from "cdktf";
import { Identity, LeafCluster, RoleMap, RootCluster } from "teleport-trust";

const app = new App();
const stack = new TerraformStack(app, "guide");

const root = new RootCluster(stack, "root", {
  addr: process.env.ROOT_ADDR ?? "rootcluster.example.com:443",
  identity: Identity.fromFile(process.env.ROOT_IDENTITY ?? "root.pem"),
});
const leaf = new LeafCluster(stack, "leaf", {
  addr: process.env.LEAF_ADDR ?? "leafcluster.example.com:443",
  identity: Identity.fromFile(process.env.LEAF_IDENTITY ?? "leaf.pem"),
});

const visitor = leaf.addRole("visitor", { logins: ["visitor"], nodeLabels: { "*": "*" } }).createHostUser("keep");
const trust = leaf.trust(root, { roleMap: RoleMap.from("access").to(visitor), labels: { env: "demo" } });
const demo = root.addRole("demo-cluster-access", { clusterLabels: trust.labels });
root.user("myuser").grant({ roles: [demo], logins: ["visitor"] });
trust.verifyAccess({ node: "ip-172-3-2-205", login: "visitor" });

app.synth();
