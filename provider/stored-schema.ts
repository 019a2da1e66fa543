/**
 * The answer to `GetProviderSchema`, in base64, as the bundle holds it: making it takes longer than all else that a process does which is only asked
 * for it. Undefined where the sources run as they are; tools/bundle.ts puts another module in the place of this one.
 */
export const storedSchema: string | undefined = undefined;
