import { App, TerraformStack } from "cdktf";
import { Identity, LeafCluster, RoleMap, RootCluster, Trait } from "teleport-trust";

const app = new App();
const stack = new TerraformStack(app, "role-mapping");

const root = new RootCluster(stack, "root", {
  addr: process.env.ROOT_ADDR ?? "rootcluster.example.com:443",
  identity: Identity.fromFile(process.env.ROOT_IDENTITY ?? "root.pem"),
});
const leaf = new LeafCluster(stack, "leaf", {
  addr: process.env.LEAF_ADDR ?? "leafcluster.example.com:443",
  identity: Identity.fromFile(process.env.LEAF_IDENTITY ?? "leaf.pem"),
});

// Takes logins and labels from what the root says of the user.
const admin = leaf.addRole("admin", {
  logins: [Trait.internal("logins"), Trait.external("logins_from_okta")],
  nodeLabels: { env: Trait.external("env_from_okta") },
  kubernetesGroups: [Trait.internal("kubernetes_groups")],
  kubernetesUsers: [Trait.internal("kubernetes_users")],
  dbUsers: [Trait.internal("db_users")],
  dbNames: [Trait.internal("db_names")],
});
const clusterAdmin = leaf.addRole("clusteradmin", { logins: ["root"], nodeLabels: { "*": "*" } });
leaf.addRole("local-one", { logins: ["one"], nodeLabels: { team: "one" } });

const roleMap = RoleMap.from("root")
  .to(admin)
  // A pattern: every root role that begins with `cluster-`.
  .from("cluster-*")
  .to(clusterAdmin)
  // A regular expression, from ^ to $: remote-one becomes local-one, and so on.
  .from("^remote-(.*)$")
  .to("local-${1}");

// What the leaf would decide, known before anything is deployed.
if (roleMap.resolve(["remote-one"]).join() !== "local-one") throw new Error("remote-one is not mapped as intended");

leaf.trust(root, { roleMap });

app.synth();
