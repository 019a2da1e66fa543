import { type Duplex, pipeline } from "node:stream";

/** Pipes both ways; each side's end and failure reaches the other one. Both belong to the joint from now on. */
export function joinStreams(one: Duplex, other: Duplex): void {
  const done = (error: NodeJS.ErrnoException | null | undefined) => {
    if (error == null) return;
    one.destroy();
    other.destroy();
  };
  pipeline(one, other, done);
  pipeline(other, one, done);
}
