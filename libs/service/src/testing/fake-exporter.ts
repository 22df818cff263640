import { setTimeout as sleep } from "node:timers/promises";
import { defineExporter, type Exporter, SluiceError } from "@sluice/core";
import * as v from "valibot";

const options = v.strictObject({
  /** Fails after so many frames. */
  failAfter: v.optional(v.number()),
  /** Waits so long for every frame. */
  delayMs: v.optional(v.number(), 0),
  /** Artifacts that are written; each holds the whole payload. */
  artifacts: v.optional(v.number(), 1),
});

/** A format of no use but in tests: the payload of all chunks, end to end. */
export function fakeExporter(format = "raw"): Exporter {
  return defineExporter({
    format: {
      name: format,
      summary: "The payload of all chunks, end to end.",
      version: "1",
      contents: ["image_stacks"],
      dataTypes: ["uint8"],
      unknownLength: true,
      extensions: [".raw"],
      mediaType: "application/octet-stream",
    },
    options,
    check: (header) => ({
      problems: [],
      artifactBytes: header.arrays.length,
      memoryBytes: 1024,
    }),
    export: async (stream, { failAfter, delayMs, artifacts }, sink, { name, clock, signal }) => {
      const writers = await Promise.all(
        Array.from({ length: artifacts }, (_, index) =>
          sink.create(`${name}${index === 0 ? "" : `_${index}`}.raw`, "application/octet-stream", { appendOnly: true }),
        ),
      );
      let frames = 0;
      for await (const { content } of stream.frames) {
        if (content?.$case !== "chunk") continue;
        if (frames === failAfter) throw new SluiceError({ reason: "FAKE_FAILURE", message: "It was asked to fail." });
        frames += 1;
        await clock.time("encode", () => sleep(delayMs, undefined, { signal }));
        const { data } = content.value;
        await clock.time("write", () => Promise.all(writers.map((writer) => writer.write(data))));
      }
      for (const writer of writers) await writer.close({ formatVersion: "raw 1" });
      return {};
    },
  });
}
