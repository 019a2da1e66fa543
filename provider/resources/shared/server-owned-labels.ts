/** Whether a label is one that the cluster and its tools put on objects by themselves. */
export function isServerOwnedLabel(key: string): boolean {
  return /^teleport\.(dev|internal|hidden)\//.test(key);
}
