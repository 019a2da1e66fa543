import { resolve } from "node:path";

import { App, TerraformStack } from "cdktf";
import { Identity, InvitationToken, RootCluster } from "teleport-trust";

const app = new App();
const stack = new TerraformStack(app, "rotate-tokens");

const root = new RootCluster(stack, "root", {
  addr: process.env.ROOT_ADDR ?? "rootcluster.example.com:443",
  identity: Identity.fromFile(process.env.ROOT_IDENTITY ?? "root.pem"),
});

// For a leaf that somebody else runs. Each apply after a day makes the next value; the one before is accepted for half a day more.
const invitation = new InvitationToken(stack, "partner", {
  root,
  rotateAfter: "24h",
  overlap: "12h",
  ttl: "72h",
  labels: { partner: "acme" },
});

// The command of a secret store; here a file. The value comes in the environment, where other users cannot read it.
invitation.handOver(`umask 077 && printenv TELEPORT_INVITATION_TOKEN > '${resolve("partner.token")}'`);

app.synth();
