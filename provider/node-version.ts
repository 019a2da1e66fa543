const oldest = { major: 20, minor: 19 } as const;

/** What to tell somebody whose Node is older than the provider can run on; `undefined` when it will do. */
export function tooOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return undefined;
  return (
    `The Teleport provider needs Node.js ${oldest.major}.${oldest.minor} or newer, ` +
    `but the node that was found first on the PATH is ${version}. Install a newer one.`
  );
}
