import { resolve } from "node:path";

import { App, TerraformStack } from "cdktf";
import { ClusterLabels, Identity, InvitationToken, RootCluster } from "teleport-trust";

// The root's owner reaches the root alone. What belongs to the leaf is the affair of whoever runs it: see ../leaf/main.ts.
const connection = {
  addr: process.env.ROOT_ADDR ?? "rootcluster.example.com:443",
  identity: Identity.fromFile(process.env.ROOT_IDENTITY ?? "root.pem"),
};
const app = new App();

// First, and then once a day from a pipeline: an invitation for the leaf's owner.
const inviting = new TerraformStack(app, "invitation");
const invitation = new InvitationToken(inviting, "leafcluster", {
  root: new RootCluster(inviting, "root", connection),
  rotateAfter: "24h",
  overlap: "24h",
  ttl: "72h",
});
// The command of the secret store that both owners share; here a file. The value comes in the environment, where others cannot read it.
invitation.handOver(`umask 077 && printenv TELEPORT_INVITATION_TOKEN > '${resolve("leafcluster.token")}'`);

// Second, as soon as the leaf's owner sets about to join: waits for the leaf, labels it, and says who sees it.
const access = new TerraformStack(app, "access");
const root = new RootCluster(access, "root", connection);
const leaf = new ClusterLabels(access, "leafcluster", {
  root,
  leafName: "leafcluster.example.com",
  labels: { customer: "acme" },
  // A destroy removes the leaf from the root, which ends the trust on this side.
  keepOnDestroy: false,
});
// The leaf's owner maps this role to what its holders may do there.
const support = root.addRole("acme-support", { clusterLabels: leaf.labels });
root.user("myuser").grant({ roles: [support], logins: ["visitor"] });

app.synth();
