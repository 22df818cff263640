/** Texts of a file that differ between two exports of the same data: its UUIDs and the times of writing. */
const volatileTexts = [
  /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
  // TIFF's DateTime.
  /\d{4}:\d\d:\d\d \d\d:\d\d:\d\d/g,
  /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)/g,
];

/** A file with every UUID and every time of writing overwritten by zeros of the same length. */
export function withoutVolatileTexts(file: Buffer): Buffer {
  const text = file.toString("latin1");
  const masked = volatileTexts.reduce(
    (rest, pattern) => rest.replaceAll(pattern, (found) => "0".repeat(found.length)),
    text,
  );
  return Buffer.from(masked, "latin1");
}
