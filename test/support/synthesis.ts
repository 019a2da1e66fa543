import assert from "node:assert/strict";

import { TerraformStack, Testing } from "cdktf";

import { Identity, LeafCluster, RootCluster } from "../../constructs";

/** A block's arguments. */
export type Block = Readonly<Record<string, unknown>>;

type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** A stack's `cdk.tf.json`, as far as tests look at it. */
export interface Synthesised {
  readonly provider: { readonly teleport: readonly [{ readonly clusters: Readonly<Record<string, Block>> }] };
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly ephemeral?: Blocks;
  readonly variable?: Readonly<Record<string, Block>>;
  readonly check?: Readonly<Record<string, { readonly assert: readonly { readonly condition: string }[] }>>;
}

export function newStack(): TerraformStack {
  return new TerraformStack(Testing.app(), "stack");
}

/** The root `root` and the leaf `leaf` of a stack. */
export function clustersOf(stack: TerraformStack): { readonly root: RootCluster; readonly leaf: LeafCluster } {
  return {
    root: new RootCluster(stack, "root", { addr: "root.example.com:443", identity: Identity.fromFile("root.pem") }),
    leaf: new LeafCluster(stack, "leaf", { addr: "leaf.example.com:443", identity: Identity.fromFile("leaf.pem") }),
  };
}

/** A stack with a root and a leaf. */
export function newSite(): {
  readonly stack: TerraformStack;
  readonly root: RootCluster;
  readonly leaf: LeafCluster;
} {
  const stack = newStack();
  return { stack, ...clustersOf(stack) };
}

/** With validations, as `cdktf synth` runs them. */
export function synthesise(stack: TerraformStack): Synthesised {
  return JSON.parse(Testing.synth(stack, true)) as Synthesised;
}

/** The one block among these. */
export function only<T>(blocks: Readonly<Record<string, T>> | undefined): T {
  const found = Object.values(blocks ?? {});
  assert.equal(found.length, 1);
  return found[0] as T;
}
