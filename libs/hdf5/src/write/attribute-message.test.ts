import { expect, test } from "@jest/globals";
import { digits, hex } from "../testing/hex.ts";
import { attributeMessage } from "./attribute-message.ts";
import { dataspaceMessage } from "./dataspace-message.ts";
import { datatypeMessage } from "./datatype-message.ts";

const parts = {
  datatype: datatypeMessage("uint8"),
  dataspace: dataspaceMessage([]),
  data: Uint8Array.of(9),
};
const datatype = "10 00 00 00 01 00 00 00 00 00 08 00";
const dataspace = "01 00 00 00 00 00 00 00";

test("a name of ASCII: version 1, parts padded to eights, their lengths not", () => {
  const { message, dataAt } = attributeMessage({ name: "n", ...parts });
  expect(hex(message)).toBe(digits(`01 00 02 00 0c 00 08 00 | 6e 00 6*00 | ${datatype} 4*00 | ${dataspace} | 09`));
  expect(message[dataAt]).toBe(9);
});

test("a name beyond ASCII: version 3, UTF-8, no padding", () => {
  const { message, dataAt } = attributeMessage({ name: "µ", ...parts });
  expect(hex(message)).toBe(digits(`03 00 03 00 0c 00 08 00 01 | c2 b5 00 | ${datatype} | ${dataspace} | 09`));
  expect(message[dataAt]).toBe(9);
});
