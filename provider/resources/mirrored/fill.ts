interface Mirrored {
  readonly kind: string;
  readonly metadata?: { readonly namespace: string } | undefined;
}

/** Writes out the kind and the namespace that every object of the kind has, where a draft leaves them open. */
export function fillCommon<M extends Mirrored>(draft: M, kind: string): M {
  const { metadata } = draft;
  return {
    ...draft,
    kind: draft.kind || kind,
    ...(metadata && { metadata: { ...metadata, namespace: metadata.namespace || "default" } }),
  };
}
