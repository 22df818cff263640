import { expect, test } from "@jest/globals";
import { detectionWarnings } from "./detection-warnings.ts";

const good = { noise: 7, spikes: 3, isClipped: false };

test("a detection as it should be says nothing; neither does a silent channel beside others", () => {
  expect(detectionWarnings([good, { ...good, spikes: 0 }], "int16", 5)).toEqual([]);
});

test("dead and clipped channels are named, ten at most", () => {
  const channels = Array.from({ length: 14 }, (_, index) => ({
    noise: index === 0 ? 7 : 0,
    spikes: 0,
    isClipped: index === 3,
  }));
  expect(detectionWarnings(channels, "uint16", 5)).toMatchObject([
    { reason: "CHANNEL_DEAD", got: "13 of 14 channels: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, and 3 more" },
    { reason: "CHANNEL_CLIPPED", got: "1 of 14 channels: 3", message: expect.stringContaining("range of uint16") },
    { reason: "SPIKES_NONE", got: "5" },
  ]);
});

test("where all is dead, no spike is no surprise", () => {
  const reasons = detectionWarnings([{ ...good, noise: 0, spikes: 0 }], "int16", 5).map(({ reason }) => reason);
  expect(reasons).toEqual(["CHANNEL_DEAD"]);
});
