import { expect, test } from "@jest/globals";
import { decodeText } from "./text.ts";

test.each([
  [932, [0x88, 0xc0, 0x93, 0xa1], "安藤", "shift_jis, code page 932"],
  [20932, [0xb0, 0xc2, 0xc6, 0xa3], "安藤", "euc-jp, code page 20932"],
  [65001, [0xe5, 0xae, 0x89], "安", "utf-8, code page 65001"],
  [1200, [0x89, 0x5b], "安", "utf-16le, code page 1200"],
  [undefined, [0x88, 0xc0, 0, 0], "安", "shift_jis assumed"],
  [4711, [0xe9], "é", "code page 4711 unknown, as Latin-1"],
  [932, [0x88], "\uFFFD", "shift_jis, code page 932; some bytes are no text"],
])("code page %p", (codePage, bytes, text, detail) => {
  expect(decodeText(Uint8Array.from(bytes), codePage)).toEqual({ text, detail });
});
