import { expect } from "@jest/globals";
import { withHdf5 } from "@sluice/hdf5";
import { sampleTest } from "../testing/sample.ts";
import { Attributes } from "./attributes.ts";
import { channelScaling, composedScaling } from "./scaling.ts";

sampleTest(
  "encoder and conversions give the net encoder in every channel of a real file",
  "sample_0.h5-jpk",
  async (path) => {
    await withHdf5(path, async (file) => {
      for (let index = 0; index < 9; index++) {
        const attributes = await Attributes.of(await file.group(`Measurement_000/Channel_00${index}`));
        const net = channelScaling(attributes);
        const composed = composedScaling(attributes);
        expect(net.kind).toBe("read");
        expect(composed.unit).toBe(net.unit);
        expect(Math.abs(composed.multiplier / net.multiplier - 1)).toBeLessThan(1e-12);
        expect(Math.abs(composed.offset - net.offset)).toBeLessThanOrEqual(1e-12 * Math.abs(net.offset));
      }
    });
  },
);
