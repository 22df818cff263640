import { expect, test } from "@jest/globals";
import { digits, hex } from "../testing/hex.ts";
import { dataspaceMessage } from "./dataspace-message.ts";

test("a space that may grow on axis 0", () => {
  expect(hex(dataspaceMessage([0, 3], [null, 3]))).toBe(
    digits("01 02 01 00 00 00 00 00 | 8*00 | 03 7*00 | 8*ff | 03 7*00"),
  );
});

test("a space of fixed lengths, beyond 32 bits too", () => {
  expect(hex(dataspaceMessage([2 ** 32 + 1, 0]))).toBe(
    digits("01 02 00 00 00 00 00 00 | 01 00 00 00 01 00 00 00 | 8*00"),
  );
});

test("a scalar, and the space that holds nothing", () => {
  expect(hex(dataspaceMessage([]))).toBe(digits("01 00 00 00 00 00 00 00"));
  expect(hex(dataspaceMessage(null))).toBe(digits("02 00 00 02"));
});
