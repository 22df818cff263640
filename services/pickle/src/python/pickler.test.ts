import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { unpickle } from "../testing/unpickle.ts";
import { plain } from "../testing/unpickled.ts";
import { bytesForm } from "./encoding.ts";
import { op, type Protocol, protocols } from "./opcodes.ts";
import { Pickler } from "./pickler.ts";
import { fromJson, type PythonValue } from "./value.ts";
import { writeValue } from "./write-value.ts";

function pickled(value: PythonValue, protocol: Protocol): Uint8Array {
  const pickler = new Pickler(protocol);
  writeValue(pickler, value);
  pickler.code(op.stop);
  return Buffer.concat([Uint8Array.of(op.proto, protocol), pickler.take()]);
}

/** What `pickle.dumps({"a": [1, 2.5, None, True, "a", -300, 2**40], "é": []}, protocol)` of CPython 3.11 gives. */
const ofPython: Readonly<Record<Protocol, string>> = {
  2: "80027d71002858010000006171015d7102284b014740040000000000004e8868014ad4feffff8a060000000000016558020000\
00c3a971035d7104752e",
  3: "80037d71002858010000006171015d7102284b014740040000000000004e8868014ad4feffff8a060000000000016558020000\
00c3a971035d7104752e",
  4: "80049530000000000000007d94288c0161945d94284b014740040000000000004e8868014ad4feffff8a06000000000001658c\
02c3a9945d94752e",
  5: "80059530000000000000007d94288c0161945d94284b014740040000000000004e8868014ad4feffff8a06000000000001658c\
02c3a9945d94752e",
};

test.each(protocols)("the bytes are those of Python's pickler, protocol %i", (protocol) => {
  const value: PythonValue = { a: [1n, 2.5, null, true, "a", -300n, 2n ** 40n], é: [] };
  expect(Buffer.from(pickled(value, protocol)).toString("hex")).toBe(ofPython[protocol]);
});

test.each(protocols)("every value comes back, protocol %i", (protocol) => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.string(),
      fc.double(),
      fc.integer(),
      fc.array(tie("tree"), { maxLength: 5 }),
      fc.dictionary(fc.string(), tie("tree"), { maxKeys: 5, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      expect(plain(unpickle(pickled(fromJson(value), protocol)))).toEqual(value);
    }),
    { numRuns: 200 },
  );
});

test.each(protocols)("integers of any size keep their sign, protocol %i", (protocol) => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
      expect(unpickle(pickled(value, protocol))).toBe(value);
    }),
    { numRuns: 300 },
  );
});

test.each(protocols)("long lists and dicts, and a memo beyond 255, protocol %i", (protocol) => {
  const texts = Array.from({ length: 2001 }, (_, index) => `text ${index % 700}`);
  const value = { texts, more: Object.fromEntries(texts.map((text, index) => [`${text} ${index}`, BigInt(index)])) };
  expect(plain(unpickle(pickled(value, protocol)))).toEqual({
    texts,
    more: Object.fromEntries(texts.map((text, index) => [`${text} ${index}`, index])),
  });
});

test("protocol 2 has bytes as texts of the characters with their numbers", () => {
  expect([...bytesForm(2, Uint8Array.of(0, 0x7f, 0x80, 0xff))]).toEqual([0, 0x7f, 0xc2, 0x80, 0xc3, 0xbf]);
  const all = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(bytesForm(3, all)).toBe(all);
  for (const protocol of protocols) {
    const pickler = new Pickler(protocol);
    pickler.bytes(all);
    pickler.code(op.stop);
    expect(unpickle(Buffer.concat([Uint8Array.of(op.proto, protocol), pickler.take()]))).toEqual(Buffer.from(all));
  }
});

test("lengths of bytes have the room that the protocol gives them", () => {
  const opening = (protocol: Protocol, length: number, wide?: boolean) =>
    Buffer.from(new Pickler(protocol).takeOpening(length, wide)).toString("hex");
  expect(opening(3, 255)).toBe("43ff");
  expect(opening(3, 256)).toBe("4200010000");
  expect(opening(3, 0xffff_ffff)).toBe("42ffffffff");
  expect(opening(4, 3_000_000_000)).toBe("42005ed0b2");
  expect(opening(4, 2 ** 32)).toBe("8e0000000001000000");
  expect(opening(3, 1, true)).toBe("4201000000");
  expect(opening(5, 1, true)).toBe("8e0100000000000000");
});
