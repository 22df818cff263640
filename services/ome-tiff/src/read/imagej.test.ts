import { expect, test } from "@jest/globals";
import { parseImageJ } from "./imagej.ts";

test("a hyperstack with its calibration", () => {
  const text = "ImageJ=1.53t\nimages=12\nchannels=2\nslices=3\nframes=2\nunit=micron\nspacing=0.5\nfinterval=0.25\n\0";
  expect(parseImageJ(text)).toEqual({
    sizes: { t: 2, c: 2, z: 3 },
    unit: "micrometer",
    frameSeconds: 0.25,
    zStep: 0.5,
  });
});

test("a stack that names its images alone is a series over time", () => {
  expect(parseImageJ("ImageJ=1.11a\nimages=7\n")).toEqual({
    sizes: { t: 7, c: 1, z: 1 },
    unit: undefined,
    frameSeconds: undefined,
    zStep: undefined,
  });
});

test("units that are no lengths, and descriptions of others", () => {
  expect(parseImageJ("ImageJ=1.53t\nunit=pixel\nfinterval=0")).toMatchObject({
    unit: undefined,
    frameSeconds: undefined,
  });
  expect(parseImageJ("something else")).toBeUndefined();
});
