import { expect, test } from "@jest/globals";
import { bigTiff, classicTiff, directoryBytes, encodeHeader, FieldType, writeDirectory } from "./directory.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

const entries = [
  { tag: 256, type: FieldType.LONG, count: 1, values: [640] },
  { tag: 258, type: FieldType.SHORT, count: 1, values: [16] },
  { tag: 273, type: FieldType.LONG, count: 2, values: [0x1234] },
  { tag: 282, type: FieldType.RATIONAL, count: 1, values: [0x88] },
];

test("the header of classic TIFF, in the space of a BigTIFF header", () => {
  expect(hex(encodeHeader(classicTiff, 0x01020304))).toBe(["4949", "2a00", "04030201", "0000000000000000"].join(""));
});

test("the header of BigTIFF", () => {
  expect(hex(encodeHeader(bigTiff, 0x0102030405))).toBe(["4949", "2b00", "0800", "0000", "0504030201000000"].join(""));
});

test("a classic directory: 12-byte entries, values of up to 4 bytes beside them", () => {
  const bytes = new Uint8Array(directoryBytes(classicTiff, 4));
  expect(writeDirectory(classicTiff, new DataView(bytes.buffer), 0, entries, 0xabcd)).toBe(bytes.length);
  expect(hex(bytes)).toBe(
    [
      "0400",
      ["0001", "0400", "01000000", "80020000"].join(""),
      ["0201", "0300", "01000000", "10000000"].join(""),
      ["1101", "0400", "02000000", "34120000"].join(""),
      ["1a01", "0500", "01000000", "88000000"].join(""),
      "cdab0000",
    ].join(""),
  );
});

test("a BigTIFF directory: 20-byte entries, values of up to 8 bytes beside them", () => {
  const bytes = new Uint8Array(directoryBytes(bigTiff, 4));
  const big = [
    ...entries.slice(0, 2),
    { tag: 273, type: FieldType.LONG8, count: 1, values: [0x1_0000_0002] },
    { tag: 282, type: FieldType.RATIONAL, count: 1, values: [25_600_000, 3] },
  ];
  expect(writeDirectory(bigTiff, new DataView(bytes.buffer), 0, big, 0)).toBe(bytes.length);
  expect(hex(bytes)).toBe(
    [
      "0400000000000000",
      ["0001", "0400", "0100000000000000", "8002000000000000"].join(""),
      ["0201", "0300", "0100000000000000", "1000000000000000"].join(""),
      ["1101", "1000", "0100000000000000", "0200000001000000"].join(""),
      ["1a01", "0500", "0100000000000000", "00a0860103000000"].join(""),
      "0000000000000000",
    ].join(""),
  );
});
