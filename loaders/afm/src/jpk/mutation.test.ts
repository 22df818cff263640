import { expect, jest, test } from "@jest/globals";
import { payloadBytes, SluiceError } from "@sluice/core";
import { withFile } from "@sluice/source/testing";
import * as fc from "fast-check";
import { scalingAttributes, writeJpk } from "../testing/write-jpk.ts";
import { jpkLoader } from "./jpk-loader.ts";

// Most files cost HDF5's library a thread, which is started slowly on a busy machine.
jest.setTimeout(300_000);

test("a damaged file is read or refused with a reason", async () => {
  const attributes = scalingAttributes("net-encoder", 2e-9, 0, "m");
  const frames = Array.from({ length: 3 }, (_, frame) => [1, 2, 3, 4, 5, frame]);
  const original = await writeJpk([
    {
      channels: [{ name: "height", dataset: "Height", frames, attributes }],
      perFrame: { "start-times": [1n, 2n, 3n] },
    },
  ]);
  const flip = fc.record({ at: fc.nat(original.length - 1), value: fc.integer({ min: 0, max: 255 }) });
  await withFile(new Uint8Array(0), async (path) => {
    const { writeFile } = await import("node:fs/promises");
    const work = fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 8 }), async (flips) => {
      const bytes = original.slice();
      for (const { at, value } of flips) bytes[at] = value;
      await writeFile(path, bytes);
      try {
        const stream = await jpkLoader.load(path, {});
        let payload = 0;
        for await (const frame of stream.frames) payload += payloadBytes(frame);
        expect(payload).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof SluiceError)) throw error;
        expect(error.problem.reason).toMatch(/^(HDF5_|JPK_|CHANNEL_|MEASUREMENT_)/);
      }
    });
    await fc.assert(work, { numRuns: 150 });
  });
});
