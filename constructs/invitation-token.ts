import { DataResource, Token } from "cdktf";
import { Construct } from "constructs";

import { parseDuration } from "../trust";
import type { Cluster } from "./cluster";
import { EphemeralResource } from "./elements";
import { RotatingToken } from "./generated";
import { literal, literalMap } from "./text";

/** An invitation for leaves that somebody else runs. */
export interface InvitationTokenProps {
  /** The root that the leaves are to join. */
  readonly root: Cluster;
  /**
   * The invitation's name, unique on the root. Public.
   *
   * @default the construct's id
   */
  readonly tokenName?: string;
  /** @default the provider's */
  readonly ttl?: string;
  /** @default the provider's */
  readonly rotateAfter?: string;
  /**
   * How long the value before is accepted after a rotation: the time to hand the new one over.
   *
   * @default "1h"
   */
  readonly overlap?: string;
  /**
   * Labels that a leaf gets when it joins with this token.
   *
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * An invitation token that renews itself: each apply after its date makes the next generation. For leaves that this program does
 * not reach; where it reaches both clusters, `leaf.trust(root)` needs none.
 *
 * The value is in no plan and no state.
 */
export class InvitationToken extends Construct {
  /** The generated resource below. */
  readonly resource: RotatingToken;
  private readonly value: EphemeralResource;

  /** @throws Problem TRUST_DURATION for a duration that is none */
  constructor(scope: Construct, id: string, props: InvitationTokenProps) {
    super(scope, id);
    const overlap = props.overlap ?? "1h";
    for (const text of [props.ttl, props.rotateAfter, overlap]) {
      if (text !== undefined && !Token.isUnresolved(text)) parseDuration(text);
    }
    const name = literal(props.tokenName ?? id);
    const place = props.root.connect(this);
    this.resource = new RotatingToken(this, "Resource", {
      ...place,
      name,
      overlap,
      ...(props.ttl === undefined ? {} : { ttl: props.ttl }),
      ...(props.rotateAfter === undefined ? {} : { rotateAfter: props.rotateAfter }),
      ...(props.labels === undefined ? {} : { labels: literalMap(props.labels) }),
    });
    this.value = new EphemeralResource(this, "Value", "teleport_rotating_token", {
      provider: place.provider?.fqn,
      cluster: place.cluster,
      name,
      overlap,
      generation: this.resource.generation,
    });
  }

  /** The value of the newest generation. Ephemeral: for write-only arguments, provisioners and providers only. */
  get token(): string {
    return this.value.attribute("token");
  }

  /**
   * Hands each new value over by a command, which finds it in an environment variable (never in its arguments, which every user of
   * the machine can read). The command is to print no value: Terraform hides what a command prints with it, but not when it fails.
   *
   * @param command a line for the shell of the machine that applies
   * @param variable the name of the environment variable
   */
  handOver(command: string, variable = "TELEPORT_INVITATION_TOKEN"): void {
    new DataResource(this, "HandOver", {
      triggersReplace: { generation: this.resource.generation },
      provisioners: [{ type: "local-exec", command: literal(command), environment: { [variable]: this.token } }],
    });
  }
}
