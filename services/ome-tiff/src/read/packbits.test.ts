import { expect, test } from "@jest/globals";
import { unpackBytes } from "./packbits.ts";

const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

// The example that Apple's Technical Note TN1023 and the TIFF specification's readers share.
const packed = hex("feaa0280002afdaa0380002a22f7aa");
const unpacked = hex("aaaaaa80002aaaaaaaaa80002a22aaaaaaaaaaaaaaaaaaaa");

test("literals and repeats", () => {
  expect(unpackBytes(packed, unpacked.length)).toEqual(unpacked);
  expect(unpackBytes(hex("80020102030080"), 4)).toEqual(hex("01020380"));
});

test("never more than was asked for, never past the end", () => {
  expect(unpackBytes(packed, 8)).toEqual(unpacked.subarray(0, 8));
  expect(unpackBytes(packed.subarray(0, 4), 100)).toEqual(hex("aaaaaa8000").subarray(0, 4));
  expect(unpackBytes(hex("81"), 100)).toEqual(hex(""));
});
