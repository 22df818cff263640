import { expect, test } from "@jest/globals";
import { digits, hex } from "../testing/hex.ts";
import { MessageType, objectHeader, objectHeaderBytes } from "./object-header.ts";

test("messages are padded to eights; what never changes is marked", () => {
  const messages = [
    { type: MessageType.dataspace, data: Uint8Array.of(1, 2) },
    { type: MessageType.datatype, data: new Uint8Array(8).fill(3) },
  ];
  const header = objectHeader(messages);
  expect(hex(header)).toBe(
    digits(`01 00 02 00 01 00 00 00 20 00 00 00 00 00 00 00
      | 01 00 08 00 00 00 00 00 01 02 6*00
      | 03 00 08 00 01 00 00 00 8*03`),
  );
  expect(objectHeaderBytes([2, 8])).toBe(header.length);
});
