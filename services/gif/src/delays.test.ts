import { expect, test } from "@jest/globals";
import { Delays } from "./delays.ts";
import { gifDelays } from "./gif-file.ts";

function delaysOf(secondsAt: (index: number) => number, frames: number, speed = 1) {
  const delays = new Delays(secondsAt, gifDelays, speed);
  return { ticks: Array.from({ length: frames }, () => delays.next()), warnings: delays.warnings() };
}

const sum = (ticks: readonly number[]) => ticks.reduce((total, value) => total + value, 0);

test("rounding does not add up: 200 frames of 33.3 ms last 6.66 s", () => {
  const { ticks, warnings } = delaysOf((index) => index * 0.0333, 200);
  expect(sum(ticks)).toBe(666);
  expect(new Set(ticks)).toEqual(new Set([3, 4]));
  expect(warnings).toEqual([]);
});

test("halves of a tick are rounded up: 3.275 s", () => {
  expect(delaysOf((index) => index * 3.275, 4).ticks).toEqual([328, 327, 328, 327]);
  const recorded = [0, 3.275, 6.55, 9.825, 13.1];
  expect(delaysOf((index) => recorded[index] as number, 4).ticks).toEqual([328, 327, 328, 327]);
});

test("irregular times, and times that do not begin at 0", () => {
  const times = [100, 100.5, 102, 102.25, 102.5];
  expect(delaysOf((index) => times[index] as number, 4).ticks).toEqual([50, 150, 25, 25]);
});

test("frames of less than 0.02 s are slowed down, and the warning tells by how much", () => {
  const { ticks, warnings } = delaysOf((index) => index * 0.005, 10);
  expect(ticks).toEqual(Array(10).fill(2));
  expect(warnings).toMatchObject([
    { reason: "PLAYBACK_SLOWED", field: "options.speed", got: "0.05 s", allowed: ["0.2 s"] },
  ]);
  expect(warnings[0]?.message).toContain("plays at 25 % of its speed");
  expect(delaysOf((index) => index * 0.005, 10, 0.1)).toEqual({ ticks: Array(10).fill(5), warnings: [] });
});

test("one short frame is made up for by the next", () => {
  const times = [0, 0.01, 0.1, 0.2];
  expect(delaysOf((index) => times[index] as number, 3)).toEqual({ ticks: [2, 8, 10], warnings: [] });
});

test("no frame is shown for longer than the format can say", () => {
  const { ticks, warnings } = delaysOf((index) => index * 1000, 3);
  expect(ticks).toEqual([65_535, 65_535, 65_535]);
  expect(warnings).toMatchObject([{ reason: "PLAYBACK_SHORTENED" }]);
  expect(delaysOf((index) => index * 1000, 3, 100)).toEqual({ ticks: [1000, 1000, 1000], warnings: [] });
});
