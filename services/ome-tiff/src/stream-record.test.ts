import { expect, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { type FieldOrigin, Origin } from "@sluice/proto";
import { withFile } from "@sluice/source/testing";
import fc from "fast-check";
import { omeTiffLoader } from "./loader.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";

const time = fc.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T00:00:00Z"),
  noInvalidDate: true,
});
const struct = fc
  .dictionary(fc.string({ unit: "binary" }), fc.jsonValue(), { minKeys: 1 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
const text = fc.string({ unit: "grapheme" });
// JSON and proto3 have no negative zero: -0 + 0 is 0.
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const dataset = fc.record({
  name: text,
  metadata: fc.option(struct, { nil: undefined }),
  records: fc.option(struct, { nil: undefined }),
  sessionStartTime: fc.option(time, { nil: undefined }),
  provenance: fc.record({
    steps: fc.array(
      fc.record({
        name: text.filter((name) => name !== ""),
        software: text,
        softwareVersion: text,
        parameters: fc.option(struct, { nil: undefined }),
        time: fc.option(time, { nil: undefined }),
        input: text,
        output: text,
      }),
      { maxLength: 3 },
    ),
    source: text,
    acquiredTime: fc.option(time, { nil: undefined }),
    environment: fc.constant({ sluice: "0.1.0" }),
  }),
  origins: fc.constant<FieldOrigin[]>([{ field: "image.pixel_size.x", origin: Origin.ORIGIN_READ, detail: "byte 56" }]),
});

const when = BigInt64Array.of(-5n, 2n ** 60n, 7n);

test("provenance, metadata, records, times and everything else of the header come back as they were", async () => {
  await fc.assert(
    fc.asyncProperty(dataset, text, finite, async (given, unit, origin) => {
      const stream = memoryStream(
        [
          {
            name: "images/height",
            dataType: "int16",
            shape: [3, 2, 2],
            data: new Int16Array(12),
            axes: [
              { name: "t", unit: "second", coordinatesArray: "when" },
              { name: "y", unit: "nanometer", scale: 0.1, origin },
              { name: "x", unit: "nanometer", scale: 0.3 },
            ],
            spec: {
              arrayId: 1,
              unit,
              valueScale: 0.1,
              valueOffset: -3,
              fillValue: Uint8Array.of(255, 1),
              attributes: { adc: [1, 2] },
              chunkShape: [1, 2, 2],
            },
          },
          { name: "when", dataType: "int64", shape: [3], data: when, axes: ["t"], spec: { unit: "ns" } },
        ],
        { imageStack: { lineRateHz: 12.5, modality: "afm", imagingPlane: { depth: 3 } }, dataset: given },
      );
      const { bytes } = await exportToMemory(stream);
      await withFile(bytes, async (path) => {
        const restored = await omeTiffLoader.load(path, {});
        expect(restored.header).toEqual(stream.header);
        for await (const frame of restored.frames) {
          if (frame.content?.$case === "chunk" && frame.content.value.arrayId === 2) {
            expect(frame.content.value.data).toEqual(asBytes(when));
          }
        }
      });
    }),
    { numRuns: 40 },
  );
});
