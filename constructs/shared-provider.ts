import { Lazy, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

import { TeleportProvider } from "./generated";
import type { IdentityArguments } from "./identity";
import { literal } from "./text";

/** An entry of the provider's `clusters` map. The names are the provider's own: what a Lazy produces is not renamed by CDKTF. */
export interface Connection extends IdentityArguments {
  readonly addr: string;
  readonly insecure?: boolean;
}

const sharedSymbol = Symbol.for("teleport-trust/SharedProvider");

/** The one provider block of a stack. Its `clusters` map grows as clusters are used; one process serves them all. */
export class SharedProvider {
  readonly provider: TeleportProvider;
  private readonly connections = new Map<string, { readonly connection: Connection; readonly owner: string }>();

  /** The provider block of the stack that `scope` is in; made at the first call. */
  static of(scope: Construct): SharedProvider {
    const stack = TerraformStack.of(scope) as TerraformStack & { [sharedSymbol]?: SharedProvider };
    stack[sharedSymbol] ??= new SharedProvider(stack);
    return stack[sharedSymbol];
  }

  private constructor(stack: TerraformStack) {
    this.provider = new TeleportProvider(stack, "teleport", {
      clusters: Lazy.anyValue({ produce: () => this.clusters() }),
    });
  }

  /**
   * Makes a connection known to the block. Adding the same one again does nothing.
   *
   * @param owner the construct path of the cluster, for the error
   * @throws Error when another cluster has this name
   */
  add(name: string, connection: Connection, owner: string): void {
    const known = this.connections.get(name);
    if (known === undefined) this.connections.set(name, { connection, owner });
    else if (known.owner !== owner) {
      throw new Error(
        `The clusters ${known.owner} and ${owner} both have the connection name "${name}". Give one of them another connectionName.`,
      );
    }
  }

  private clusters(): Record<string, Record<string, unknown>> {
    const entries = [...this.connections].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([name, { connection }]) => [name, literalValues(connection)]));
  }
}

function literalValues(connection: Connection): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(connection).map(([key, value]) => [key, typeof value === "string" ? literal(value) : value]),
  );
}
