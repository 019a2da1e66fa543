/** What holds where the configuration says nothing: a new invitation each day, accepted for one day more. */
export const defaults = { ttl: "72h", rotateAfter: "24h", overlap: "24h" } as const;
