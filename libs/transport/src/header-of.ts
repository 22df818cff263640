import { type DatasetHeader, SluiceError } from "@sluice/core";
import type { ArraySpec, DatasetSpec, Frame, TableSpec } from "@sluice/proto";

/** The header that frames of specs make, as a request of a dry run holds them. @throws HEADER_MALFORMED */
export function headerOf(frames: readonly Frame[]): DatasetHeader {
  let dataset: DatasetSpec | undefined;
  const arrays: ArraySpec[] = [];
  const tables: TableSpec[] = [];
  for (const [index, { content }] of frames.entries()) {
    if (content?.$case === "dataset" && !dataset) dataset = content.value;
    else if (content?.$case === "array") arrays.push(content.value);
    else if (content?.$case === "table") tables.push(content.value);
    else throw headerMalformed(`header[${index}]`, content?.$case ?? "a frame without content");
  }
  if (!dataset) throw headerMalformed("header", "no dataset");
  return { dataset, arrays, tables };
}

function headerMalformed(field: string, got: string): SluiceError {
  return new SluiceError({
    reason: "HEADER_MALFORMED",
    message: "A header is one dataset, then its arrays and tables.",
    field,
    got,
    allowed: ["dataset", "array", "table"],
    remedy: "Send the frames that come before the first data.",
  });
}
