import { setImmediate } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { ByteBudget } from "./byte-budget.ts";

test("bytes are given out in order, and no more than there are", async () => {
  const budget = new ByteBudget(10);
  const order: string[] = [];
  const ask = (name: string, bytes: number) =>
    budget.take(bytes).then((giveBack) => {
      order.push(name);
      return giveBack;
    });
  const first = await ask("first", 6);
  const large = ask("large", 25);
  const small = ask("small", 1);
  await setImmediate();
  expect(order).toEqual(["first"]);
  first();
  first();
  (await large)();
  (await small)();
  expect(order).toEqual(["first", "large", "small"]);
  expect(await ask("whole", 10)).toBeInstanceOf(Function);
});
