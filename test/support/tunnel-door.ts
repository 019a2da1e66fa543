import type { KeyObject } from "node:crypto";
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { create } from "@bufbuild/protobuf";

import type { LabCluster } from "../../lab";
import { CertAuthorityV2Schema } from "../../lab/gen/teleport/types/cert_authority_pb";
import { authorizedKey, connectSsh, type SshCertificate, type SshCertificateRequest } from "../../lab/ssh";
import { newCertificate, newKey, publicKeyOf } from "./ssh-fixtures";

interface Credentials {
  readonly privateKey: KeyObject;
  readonly certificate?: SshCertificate;
}

const leafName = "third.lab";

/** The tunnel port of a root that knows one more leaf, whose authorities are the test's: it can make what no leaf would. */
export class TunnelDoor {
  private readonly hostAuthority = newKey();
  /** Signs users of the leaf; the root has no need to know it. */
  readonly userAuthority = newKey();
  private readonly hostName = `${randomUUID()}.${leafName}`;

  private constructor(private readonly root: LabCluster) {}

  static of(root: LabCluster): TunnelDoor {
    const door = new TunnelDoor(root);
    const publicKey = Buffer.from(authorizedKey(publicKeyOf(door.hostAuthority)));
    const authority = {
      kind: "cert_authority",
      subKind: "host",
      version: "v2",
      metadata: { name: leafName },
      spec: { type: "host", clusterName: leafName, activeKeys: { ssh: [{ publicKey }] } },
    };
    root.storage.upsert("cert_authority", create(CertAuthorityV2Schema, authority));
    return door;
  }

  /** Key and certificate of the leaf's proxy, but for what `change` says. */
  certified({
    authority = this.hostAuthority,
    clusterName = leafName,
    ...change
  }: Partial<SshCertificateRequest> & {
    readonly authority?: KeyObject;
    readonly clusterName?: string;
  } = {}): Credentials {
    const privateKey = newKey();
    const certificate = newCertificate(authority, privateKey, {
      kind: "host",
      principals: [this.hostName],
      extensions: { "x-teleport-authority": clusterName, "x-teleport-role": "Proxy" },
      ...change,
    });
    return { privateKey, certificate };
  }

  /** Comes in and goes again. @throws SshError of reason `authentication` when it is refused */
  async knock(credentials: Credentials): Promise<void> {
    const [host, port] = this.root.addresses.tunnel.split(":");
    const socket = connect({ host: host as string, port: Number(port) });
    const options = { user: this.hostName, ...credentials, verifyHostKey: () => {} };
    const connection = await connectSsh(socket, options, AbortSignal.timeout(10_000));
    await connection.close();
  }
}
