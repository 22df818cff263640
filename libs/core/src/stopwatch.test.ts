import { expect, test } from "@jest/globals";
import { Stopwatch } from "./stopwatch.ts";

test("adds up the time of each phase and keeps its span", async () => {
  let milliseconds = 1_000;
  const clock = new Stopwatch(() => milliseconds);
  const spend = (duration: number) => () => {
    milliseconds += duration;
  };
  await clock.time("encode", spend(30));
  await clock.time("write", spend(5));
  await clock.time("encode", spend(20));
  expect(clock.phases()).toEqual([
    { phase: "encode", start: new Date(1_000), end: new Date(1_055), busySeconds: 0.05 },
    { phase: "write", start: new Date(1_030), end: new Date(1_035), busySeconds: 0.005 },
  ]);
});

test("books the time of work that throws, and lets the error through", async () => {
  let milliseconds = 0;
  const clock = new Stopwatch(() => milliseconds);
  const failing = clock.time("write", () => {
    milliseconds += 7;
    throw new Error("disk");
  });
  await expect(failing).rejects.toThrow("disk");
  expect(clock.phases()[0]?.busySeconds).toBe(0.007);
});
