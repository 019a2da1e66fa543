import type { Lab } from "../lab";

/** The lab's clusters in the form of `tsh clusters`, as the root sees them; a leaf that it does not know says so. */
export function clustersTable(lab: Lab): string {
  const { root } = lab;
  const rows = lab.leaves.map(({ name, version, addresses }) => {
    const known = root.storage.get("remote_cluster", name);
    const labels = Object.entries(known?.metadata?.labels ?? {}).map(([key, value]) => `${key}=${value}`);
    const status = known === undefined ? "not joined" : (known.status?.connection ?? "");
    return [name, status, "leaf", labels.sort().join(","), version, addresses.proxy];
  });
  const first = [root.name, "online", "root", "", root.version, root.addresses.proxy];
  return renderTable(
    ["Cluster Name", "Status", "Cluster Type", "Labels", "Version", "Proxy Address"],
    [first, ...rows],
  );
}

/** A table as tsh prints it: each column as wide as its widest text, dashes below the head. */
function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const dashes = widths.map((width) => "-".repeat(width));
  const lines = [head, dashes, ...rows].map((row) => row.map((text, column) => text.padEnd(widths[column] ?? 0)));
  return lines.map((line) => `${line.join(" ").trimEnd()}\n`).join("");
}
