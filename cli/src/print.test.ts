import { expect, test } from "@jest/globals";
import { formatBytes } from "./print.ts";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [150 * 1024, "150 KiB"],
  [5_000_000_000, "4.7 GiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
