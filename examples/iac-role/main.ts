import { App, TerraformStack } from "cdktf";
import { Identity, LeafCluster, RootCluster } from "teleport-trust";

const app = new App();
const stack = new TerraformStack(app, "iac-role");

// An administrator applies this once; the bot that gets the roles applies all the rest.
const root = new RootCluster(stack, "root", {
  addr: process.env.ROOT_ADDR ?? "rootcluster.example.com:443",
  identity: Identity.fromFile(process.env.ROOT_IDENTITY ?? "root.pem"),
});
const leaf = new LeafCluster(stack, "leaf", {
  addr: process.env.LEAF_ADDR ?? "leafcluster.example.com:443",
  identity: Identity.fromFile(process.env.LEAF_IDENTITY ?? "leaf.pem"),
});

root.addIacRole("trust-deployer");
leaf.addIacRole("trust-deployer");

app.synth();
