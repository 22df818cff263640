import type { Problem } from "@sluice/proto";
import type { DatasetHeader } from "./stream.ts";

/** Names every fault of a header, before the first data. */
export function checkHeader(_header: DatasetHeader): Problem[] {
  return [];
}
