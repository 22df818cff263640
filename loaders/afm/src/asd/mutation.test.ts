import { expect, test } from "@jest/globals";
import { payloadBytes, SluiceError } from "@sluice/core";
import { withFile } from "@sluice/source/testing";
import * as fc from "fast-check";
import { writeAsd } from "../testing/write-asd.ts";
import { asdLoader } from "./asd-loader.ts";

const frames = Array.from({ length: 3 }, (_, frame) => Array.from({ length: 6 }, (_pixel, index) => frame * 6 + index));
const originals = ([0, 1, 2] as const).map((version) =>
  writeAsd({
    version,
    fields: { channel2: "ER", user_name: "somebody", comment: "a comment", red_anchors: [[1, 2]] },
    channels: [frames, frames],
  }),
);

const damage = fc.record({
  original: fc.constantFrom(...originals),
  flips: fc.array(fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 255 }) }), { maxLength: 6 }),
  keep: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  partial: fc.boolean(),
  values: fc.constantFrom("height", "raw"),
});

test("a damaged file is read or refused with a reason; what comes out is never more than the file holds", async () => {
  await withFile(new Uint8Array(0), async (path) => {
    const { writeFile } = await import("node:fs/promises");
    const work = fc.asyncProperty(damage, async ({ original, flips, keep, partial, values }) => {
      const bytes = original.slice(0, Math.round(original.length * keep));
      for (const { at, value } of flips) if (bytes.length > 0) bytes[at % bytes.length] = value;
      await writeFile(path, bytes);
      try {
        const stream = await asdLoader.load(path, { partial, values });
        let payload = 0;
        for await (const frame of stream.frames) payload += payloadBytes(frame);
        expect(payload).toBeLessThanOrEqual(3 * bytes.length);
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        expect(error.problem.reason).toMatch(/^(ASD_|ADC_RANGE_UNKNOWN|CHANNEL_)/);
        expect(error.problem.field).not.toBe("");
      }
    });
    await fc.assert(work, { numRuns: 1500 });
  });
});
