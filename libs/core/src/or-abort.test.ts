import { expect, test } from "@jest/globals";
import { orAbort, untilAborted } from "./or-abort.ts";

const never = new Promise<never>(() => {});

test("work that ends first counts", async () => {
  const { signal } = new AbortController();
  expect(await orAbort(Promise.resolve(7), signal)).toBe(7);
  await expect(orAbort(Promise.reject(new Error("broken")), signal)).rejects.toThrow("broken");
});

test("an abort does not wait for the work, whose failure is nobody's then", async () => {
  const controller = new AbortController();
  const waiting = orAbort(never, controller.signal);
  controller.abort(new Error("stop"));
  await expect(waiting).rejects.toThrow("stop");
  await expect(orAbort(Promise.reject(new Error("late")), controller.signal)).rejects.toThrow("stop");
});

test("items end with the abort while their source is stuck", async () => {
  const controller = new AbortController();
  async function* stuck() {
    yield 1;
    await never;
  }
  const seen: number[] = [];
  const reading = async () => {
    for await (const item of untilAborted(stuck(), controller.signal)) {
      seen.push(item);
      controller.abort(new Error("stop"));
    }
  };
  await expect(reading()).rejects.toThrow("stop");
  expect(seen).toEqual([1]);
});
