import { tokenPrefix } from "./invitation-token";
import { Secret } from "./secret";

/** Which token of a rotating one: public, and part of the token's name, so that it is known as long as the token is. */
export interface TokenGeneration {
  /** 1 for the first; each rotation adds one. */
  readonly generation: number;
  /** When it was made: epoch milliseconds, whole seconds. */
  readonly madeMs: number;
}

/** Bytes of the secret part of a name. */
const secretBytes = 16;

const afterPrefix = /^([1-9]\d{0,14})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{32}$/;

/** `20261122T120000Z`: sorts as time does, and has no character that a shell would mind. */
function compactTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/**
 * Makes the name of one generation of a rotating token: `tt-<id>-<generation>-<time>-<32 hexadecimal digits>`. All but
 * the digits is public. No name of a trust's token looks so, even where both have the same prefix.
 *
 * @param id {@link publicId} of `<cluster>/<name>`
 * @param made the moment is cut to whole seconds
 * @param randomBytes gives that many cryptographically strong bytes
 */
export function createGenerationName(
  id: string,
  { generation, madeMs }: TokenGeneration,
  randomBytes: (size: number) => Uint8Array,
): Secret {
  const secret = Buffer.from(randomBytes(secretBytes)).toString("hex");
  return new Secret(`${tokenPrefix(id)}${generation}-${compactTime(madeMs)}-${secret}`);
}

/** What a name that {@link createGenerationName} made for this id says; undefined for any other name. */
export function generationOf(id: string, name: string): TokenGeneration | undefined {
  const prefix = tokenPrefix(id);
  const match = name.startsWith(prefix) ? afterPrefix.exec(name.slice(prefix.length)) : null;
  if (match === null) return undefined;
  const [generation, year, month, day, hour, minute, second] = match.slice(1) as [string, ...string[]];
  const madeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(madeMs) ? undefined : { generation: Number(generation), madeMs };
}
