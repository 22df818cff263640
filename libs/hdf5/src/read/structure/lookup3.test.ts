import { expect, test } from "@jest/globals";
import { lookup3 } from "./lookup3.ts";

test("gives the values of Bob Jenkins' own driver", () => {
  expect(lookup3(Buffer.alloc(0))).toBe(0xdeadbeef);
  expect(lookup3(Buffer.from("Four score and seven years ago"))).toBe(0x17770551);
});
