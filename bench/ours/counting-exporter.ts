import { defineExporter, payloadBytes } from "@sluice/core";
import * as v from "valibot";

/** Takes a stream and keeps nothing: what is measured is the way there. Option: megabytes a second at most. */
export const counting = defineExporter({
  format: {
    name: "count",
    summary: "Counts payload bytes.",
    version: "0.1.0",
    contents: [],
    dataTypes: ["uint8"],
    unknownLength: true,
    extensions: [],
    mediaType: "application/octet-stream",
  },
  options: v.strictObject({ megabytesPerSecond: v.optional(v.number(), 0) }),
  check: () => ({}),
  export: async (stream, { megabytesPerSecond }) => {
    const start = performance.now();
    let bytes = 0;
    for await (const frame of stream.frames) {
      bytes += payloadBytes(frame);
      const aheadMs = megabytesPerSecond > 0 ? bytes / megabytesPerSecond / 1000 - (performance.now() - start) : 0;
      if (aheadMs > 1) await new Promise((resolve) => setTimeout(resolve, aheadMs));
    }
    return {};
  },
});
