import { App, TerraformStack } from "cdktf";
import { Identity, Invitation, LeafCluster, RoleMap } from "teleport-trust";

const app = new App();
const stack = new TerraformStack(app, "join");

// The leaf's owner reaches the leaf alone, and knows of the root what its owner told: name, address, and the role of its users.
const leaf = new LeafCluster(stack, "leaf", {
  addr: process.env.LEAF_ADDR ?? "leafcluster.example.com:443",
  identity: Identity.fromFile(process.env.LEAF_IDENTITY ?? "leaf.pem"),
});
const visitor = leaf.addRole("visitor", { logins: ["visitor"], nodeLabels: { "*": "*" } }).createHostUser("keep");
const trust = leaf.trustByInvitation("rootcluster.example.com", {
  webProxyAddr: process.env.ROOT_ADDR ?? "rootcluster.example.com:443",
  // The value comes from the secret store, as TF_VAR_invitation, and is stored nowhere. Only the run that joins needs it.
  invitation: Invitation.fromVariable(stack, "invitation"),
  roleMap: RoleMap.from("acme-support").to(visitor),
  // false closes the door for a while, without the root's owner.
  enabled: true,
});
trust.verifyAccess({ node: "ip-172-3-2-205", login: "visitor" });

app.synth();
