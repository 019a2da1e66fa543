/** Version of the provider, which is that of the package. The bundle holds the version alone, not the whole of package.json. */
export const providerVersion: string = (require("teleport-trust/package.json") as { version: string }).version;
