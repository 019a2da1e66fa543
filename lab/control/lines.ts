import type { Readable } from "node:stream";

/**
 * Calls `onLine` for each line of a stream of UTF-8 text, without its end; what follows the last line end is dropped.
 *
 * @param onTooLong called, once, when a line has more than `maxBytes`; nothing is read any more then
 */
export function readLines(
  stream: Readable,
  maxBytes: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): void {
  let parts: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      onLine(Buffer.concat([...parts, rest.subarray(0, end)]).toString("utf8"));
      parts = [];
      size = 0;
      rest = rest.subarray(end + 1);
    }
    if (rest.length === 0) return;
    parts.push(rest);
    size += rest.length;
    if (size <= maxBytes) return;
    stream.removeListener("data", onData);
    parts = [];
    onTooLong();
  };
  stream.on("data", onData);
}
