import { dirname } from "node:path";

/** The top of the checkout, wherever the compiled tools lie below it. */
export const repositoryRoot: string = dirname(require.resolve("teleport-trust/package.json"));
