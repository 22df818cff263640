import { expect, test } from "@jest/globals";
import { RatioWatch } from "./ratio-watch.ts";

function counted(watch: RatioWatch, times: number, stored: number): RatioWatch {
  for (let i = 0; i < times; i++) watch.count(1000, stored);
  return watch;
}

test("a steady ratio does not drift", () => {
  const watch = new RatioWatch();
  for (let i = 0; i < 100; i++) watch.count(1000, i % 2 === 0 ? 600 : 640);
  expect(watch.drifted).toBe(false);
});

test("a ratio that moves either way drifts, whatever the sizes of the chunks", () => {
  expect(counted(counted(new RatioWatch(), 20, 600), 20, 900).drifted).toBe(true);
  expect(counted(counted(new RatioWatch(), 20, 600), 20, 300).drifted).toBe(true);
  const resized = new RatioWatch();
  for (const raw of [1000, 50_000, 3, 1000, 80_000]) resized.count(raw, raw * 0.6);
  expect(resized.drifted).toBe(false);
});

test("empty chunks and no chunks say nothing", () => {
  const watch = new RatioWatch();
  expect(watch.drifted).toBe(false);
  for (let i = 0; i < 10; i++) watch.count(0, 8);
  expect(watch.drifted).toBe(false);
});

test("a confirmed choice takes the new ratio as its own and is left alone for longer", () => {
  const watch = counted(counted(new RatioWatch(), 2, 600), 20, 900);
  watch.confirm();
  expect(counted(watch, 20, 900).drifted).toBe(false);
  watch.confirm();
  watch.confirm();
  expect(counted(watch, 15, 300).drifted).toBe(false);
  expect(counted(watch, 1, 300).drifted).toBe(true);
});

test("another choice starts from its own first chunk", () => {
  const watch = counted(counted(new RatioWatch(), 2, 600), 20, 10);
  watch.restart();
  expect(counted(watch, 5, 10).drifted).toBe(false);
  expect(counted(watch, 5, 600).drifted).toBe(true);
});
