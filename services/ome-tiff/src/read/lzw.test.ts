import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { unpackLzw } from "./lzw.ts";

/** Codes as TIFF writes them: the highest bit first. */
function packCodes(codes: readonly (readonly [code: number, width: number])[]): Uint8Array {
  const bits = codes.map(([code, width]) => code.toString(2).padStart(width, "0")).join("");
  const bytes = bits.match(/.{1,8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
}

/** The encoder of TIFF 6.0, section 13, word for word. */
function packLzw(bytes: Uint8Array): Uint8Array {
  const codes: [number, number][] = [[256, 9]];
  let table = new Map<string, number>();
  let next = 258;
  let omega = "";
  const codeOf = (string: string) => (string.length === 1 ? string.charCodeAt(0) : (table.get(string) as number));
  const width = () => (next > 2047 ? 12 : next > 1023 ? 11 : next > 511 ? 10 : 9);
  for (const byte of bytes) {
    const letter = String.fromCharCode(byte);
    if (omega === "" || table.has(omega + letter)) {
      omega += letter;
      continue;
    }
    codes.push([codeOf(omega), width()]);
    table.set(omega + letter, next++);
    omega = letter;
    if (next === 4095) {
      codes.push([256, 12]);
      table = new Map();
      next = 258;
    }
  }
  if (omega !== "") {
    codes.push([codeOf(omega), width()]);
    next += 1;
  }
  codes.push([257, width()]);
  return packCodes(codes);
}

test("the example of TIFF 6.0", () => {
  const codes = [256, 7, 258, 8, 8, 258, 6, 6, 257].map((code) => [code, 9] as const);
  expect(unpackLzw(packCodes(codes), 10)).toEqual(Uint8Array.of(7, 7, 7, 8, 8, 7, 7, 6, 6));
});

test("what an encoder packs, in all widths of codes, through several tables", () => {
  const few = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 500 });
  const many = fc
    .tuple(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 20_000 }), fc.integer())
    .map(([top, length, seed]) =>
      Array.from({ length }, (_, index) => Math.abs(Math.imul(index + seed, index * 31)) % top),
    );
  fc.assert(
    fc.property(fc.oneof(few, many), (values) => {
      const bytes = Uint8Array.from(values);
      expect(Buffer.compare(unpackLzw(packLzw(bytes), bytes.length), bytes)).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test("never more than was asked for; a code that cannot be is an error", () => {
  expect(unpackLzw(packLzw(new Uint8Array(1000)), 10)).toEqual(new Uint8Array(10));
  expect(() =>
    unpackLzw(
      packCodes([
        [256, 9],
        [300, 9],
      ]),
      10,
    ),
  ).toThrow("code 300");
});
