import { expect, test } from "@jest/globals";
import { digits, hex } from "../testing/hex.ts";
import { datatypeMessage } from "./datatype-message.ts";
import { compound, elementLayout, fixedText, type Hdf5Type } from "./type.ts";

const int8 = "10 08 00 00 01 00 00 00 00 00 08 00";
const float32 = "11 20 1f 00 04 00 00 00 00 00 20 00 17 08 00 17 7f 00 00 00";
const member = "28*00";

test.each<[Hdf5Type, string]>([
  ["int8", int8],
  ["uint8", "10 00 00 00 01 00 00 00 00 00 08 00"],
  ["uint16", "10 00 00 00 02 00 00 00 00 00 10 00"],
  ["int32", "10 08 00 00 04 00 00 00 00 00 20 00"],
  ["int64", "10 08 00 00 08 00 00 00 00 00 40 00"],
  ["float16", "11 20 0f 00 02 00 00 00 00 00 10 00 0a 05 00 0a 0f 00 00 00"],
  ["float32", float32],
  ["float64", "11 20 3f 00 08 00 00 00 00 00 40 00 34 0b 00 34 ff 03 00 00"],
  ["text", "19 01 01 00 10 00 00 00 | 10 00 00 00 01 00 00 00 00 00 08 00"],
  ["reference", "17 00 00 00 08 00 00 00"],
  [fixedText(5), "13 11 00 00 05 00 00 00"],
  ["bool", `18 02 00 00 01 00 00 00 | ${int8} | 46 41 4c 53 45 00 00 00 | 54 52 55 45 00 00 00 00 | 00 01`],
  [
    "complex64",
    `16 02 00 00 08 00 00 00 | 72 7*00 | 00 00 00 00 ${member} ${float32} | 69 7*00 | 04 00 00 00 ${member} ${float32}`,
  ],
  // Names fill eights from where they begin: the second one begins at byte 60.
  [
    compound(["seven77", "int8"], ["eight888", "reference"]),
    `16 02 00 00 09 00 00 00 | 73 65 76 65 6e 37 37 00 | 00 00 00 00 ${member} ${int8}
     | 65 69 67 68 74 38 38 38 8*00 | 01 00 00 00 ${member} 17 00 00 00 08 00 00 00`,
  ],
])("%j", (type, expected) => {
  expect(hex(datatypeMessage(type))).toBe(digits(expected));
});

test("knows where texts and references stand in compounds of compounds", () => {
  const inner = compound(["text", "text"], ["flag", "bool"], ["object", "reference"]);
  const outer = compound(["number", "complex128"], ["inner", inner], ["name", fixedText(3)], ["last", inner]);
  expect(elementLayout(outer)).toEqual({ itemBytes: 16 + 25 + 3 + 25, texts: [16, 44], references: [33, 61] });
});
