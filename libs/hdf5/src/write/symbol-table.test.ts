import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { Extents } from "../testing/extents.ts";
import { readGroup } from "../testing/group.ts";
import { digits, hex } from "../testing/hex.ts";
import { bestWidths, SymbolTable } from "./symbol-table.ts";

const start = 96;
const objectAt = (object: number) => ({ header: 8 * object + 8 });

function links(names: readonly string[]) {
  return names.map((name, object) => ({ name: Buffer.from(name), target: { object } }));
}

test("heap, node and tree of a group with a dataset, a group and a soft link", () => {
  const table = new SymbolTable([
    { name: Buffer.from("b"), target: { object: 0 } },
    { name: Buffer.from("c"), target: { path: Buffer.from("/b") } },
    { name: Buffer.from("a"), target: { object: 1 } },
  ]);
  const widths = { leafK: 2, internalK: 1 };
  const places = [{ header: 0x100 }, { header: 0x200, table: { tree: 0x300, heap: 0x400 } }];
  const bytes = table.encode(start, widths, (object) => places[object] as { header: number });
  expect(hex(bytes)).toBe(
    digits(`48 45 41 50 00 00 00 00 28 7*00 01 7*00 80 7*00
      | 8*00 61 7*00 62 7*00 63 7*00 2f 62 6*00
      | 53 4e 4f 44 01 00 03 00
      | 08 7*00 00 02 6*00 01 00 00 00 00 00 00 00 00 03 6*00 00 04 6*00
      | 10 7*00 00 01 6*00 8*00 16*00
      | 18 7*00 8*ff 02 00 00 00 00 00 00 00 20 00 00 00 12*00
      | 40*00
      | 54 52 45 45 00 00 01 00 8*ff 8*ff | 8*00 a8 7*00 18 7*00 | 16*00`),
  );
  expect(table.bytes(widths)).toBe(bytes.length);
  expect(table.place(start, widths)).toEqual({ heap: start, tree: start + bytes.length - 64 });
});

function readBack(names: readonly string[], widths = bestWidths([new SymbolTable(links(names))])) {
  const table = new SymbolTable(links(names));
  const bytes = Buffer.concat([Buffer.alloc(start), table.encode(start, widths, objectAt)]);
  const { tree, heap } = table.place(start, widths);
  const extents = new Extents();
  extents.claim(0, start, "what is before");
  const found = readGroup(bytes, extents, widths, tree, heap);
  extents.check(bytes);
  return found;
}

test.each([0, 1, 4, 5, 16, 17, 33, 100, 300])("%d links in nodes of 4 over 2 are found again", (count) => {
  const names = Array.from({ length: count }, (_, index) => `link ${index}`);
  const found = readBack(names, { leafK: 2, internalK: 1 });
  expect(found.map(({ name }) => name)).toEqual(names.toSorted());
  expect(found.every(({ name, header }) => header === objectAt(names.indexOf(name)).header)).toBe(true);
});

test("names are sorted by their bytes of UTF-8", () => {
  // UTF-16 has U+1F600 before U+FF5E.
  const names = ["\u{1f600}", "\u{ff5e}", "a", "Z", "é"];
  expect(readBack(names).map(({ name }) => name)).toEqual(["Z", "a", "é", "\u{ff5e}", "\u{1f600}"]);
});

test("any names", () => {
  const names = fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), { maxLength: 150 });
  fc.assert(
    fc.property(names, (wanted) => {
      const usable = wanted.filter((name) => !name.includes("\0"));
      expect(new Set(readBack(usable).map(({ name }) => name))).toEqual(new Set(usable));
    }),
    { numRuns: 30 },
  );
});

test("many empty groups get small nodes, one large group large ones", () => {
  const empty = new SymbolTable([]);
  const large = new SymbolTable(links(Array.from({ length: 5000 }, (_, index) => `${index}`)));
  expect(bestWidths([empty, new SymbolTable(links(["a", "b"]))])).toEqual({ leafK: 2, internalK: 4 });
  expect(bestWidths([large])).toEqual({ leafK: 32, internalK: 4 });
});
