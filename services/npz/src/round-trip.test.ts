import { expect, test } from "@jest/globals";
import { asBytes, type DataType, dataTypes, digestsOf, itemSize, type RawOptions } from "@sluice/core";
import { collect, type MemoryArray, memoryStream } from "@sluice/core/testing";
import { ArraySpec, type Frame, TableSpec } from "@sluice/proto";
import { withFile } from "@sluice/source/testing";
import fc from "fast-check";
import { npzLoader } from "./loader.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";

const packing = fc.record({
  compressed: fc.oneof(fc.boolean(), fc.integer({ min: 1, max: 9 })),
  profile: fc.constantFrom("auto", "generic"),
});

const array = fc
  .record({
    dataType: fc.constantFrom(...dataTypes),
    first: fc.nat(5),
    rest: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
    seed: fc.nat(),
  })
  .map(({ dataType, first, rest, seed }): Omit<MemoryArray, "name"> => {
    const shape = [first, ...rest];
    const elements = shape.reduce((product, size) => product * size, 1);
    return { dataType, shape, data: bytesOf(dataType, elements, seed), axes: shape.map((_, axis) => `d${axis}`) };
  });

const arrays = fc
  .array(array, { minLength: 1, maxLength: 4 })
  .map((items) => items.map((item, index): MemoryArray => ({ ...item, name: index === 1 ? "a/b" : `array_${index}` })));

function bytesOf(dataType: DataType, elements: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(elements * itemSize[dataType]);
  let state = seed | 1;
  for (let index = 0; index < bytes.length; index++) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    bytes[index] = state >>> 24;
  }
  return dataType === "bool" ? bytes.map((value) => value & 1) : bytes;
}

test("what goes in comes out: the stream, its values and its texts", async () => {
  await fc.assert(
    fc.asyncProperty(arrays, packing, fc.boolean(), async (items, options, unknownLength) => {
      const dataset = { metadata: { lab: "α-😀", values: [1, null, { deep: true }] }, records: { note: "x" } };
      const source = () => memoryStream(items, { unknownLength, dataset });
      const { bytes, findings } = await exportToMemory(source(), options);
      const expected = await digestsOf(source());
      expect(findings.digests).toEqual(expected);
      expect(findings.losses).toEqual([]);
      await withFile(bytes, async (path) => {
        const loaded = await npzLoader.load(path, {});
        expect(loaded.header.dataset).toEqual(source().header.dataset);
        expect(loaded.header.arrays).toEqual(
          source().header.arrays.map((spec, index) => ({
            ...spec,
            axes: spec.axes.map((axis, at) => ({ ...axis, size: items[index]?.shape[at] })),
          })),
        );
        expect(await digestsOf(loaded)).toEqual(expected);
      });
    }),
    { numRuns: 60 },
  );
});

const rows = fc.array(fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 9 }), { maxLength: 12 });

test("ragged rows come out as they went in, however they were cut", async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 5 }), fc.boolean(), async (values, cut, compressed) => {
      const spec = ArraySpec.fromPartial({
        arrayId: 1,
        name: "spikes/times",
        dataType: "int32",
        axes: [{ name: "unit", size: values.length }],
        ragged: true,
      });
      const header = { dataset: memoryStream([]).header.dataset, arrays: [spec], tables: [] };
      const frames = raggedFrames(values, cut);
      const { bytes, findings } = await exportToMemory({ header, frames }, { compressed });
      await withFile(bytes, async (path) => {
        expect(await digestsOf(await npzLoader.load(path, {}))).toEqual(findings.digests);
        expect(findings.digests).toHaveLength(1);
        const loaded = await npzLoader.load(path, {});
        expect(loaded.header.arrays).toEqual([spec]);
        expect(rowsOf(await collect(loaded.frames))).toEqual(values);
      });
    }),
    { numRuns: 60 },
  );
});

/** Every row alone, the long ones in pieces of `cut` elements. */
async function* raggedFrames(values: readonly number[][], cut: number): AsyncGenerator<Frame> {
  for (const [firstRow, row] of values.entries()) {
    for (let elementOffset = 0; elementOffset === 0 || elementOffset < row.length; elementOffset += cut) {
      const part = Int32Array.from(row.slice(elementOffset, elementOffset + cut));
      const value = { arrayId: 1, firstRow, rowLengths: [part.length], elementOffset, data: asBytes(part) };
      yield { sequence: 0, content: { $case: "ragged", value } };
    }
  }
}

function rowsOf(frames: readonly Frame[]): number[][] {
  const found: number[][] = [];
  for (const { content } of frames) {
    if (content?.$case !== "ragged") continue;
    const { firstRow, rowLengths, data } = content.value;
    const elements = new Int32Array(new Uint8Array(data).buffer);
    let from = 0;
    for (const [index, length] of rowLengths.entries()) {
      const row = (found[firstRow + index] ??= []);
      row.push(...elements.subarray(from, from + length));
      from += length;
    }
  }
  return found;
}

const cell = fc.option(fc.string({ unit: "grapheme", maxLength: 12 }), { nil: undefined });

test("tables come out as they went in: numbers, texts, rows without a value", async () => {
  const records = fc.array(fc.record({ number: fc.double({ noNaN: true }), flag: fc.boolean(), text: cell }), {
    maxLength: 10,
  });
  await fc.assert(
    fc.asyncProperty(records, async (items) => {
      const spec = TableSpec.fromPartial({
        tableId: 1,
        name: "frames",
        rows: items.length,
        columns: [
          { name: "number", dataType: "float64", unit: "s" },
          { name: "flag", dataType: "bool" },
          { name: "text", dataType: "string", nullable: true },
        ],
      });
      const header = { dataset: memoryStream([]).header.dataset, arrays: [], tables: [spec] };
      const { bytes } = await exportToMemory({ header, frames: batches(items) });
      await withFile(bytes, async (path) => {
        const loaded = await npzLoader.load(path, {});
        expect(loaded.header.tables).toEqual([spec]);
        expect(recordsOf(await collect(loaded.frames))).toEqual(items);
      });
    }),
    { numRuns: 60 },
  );
});

interface Item {
  readonly number: number;
  readonly flag: boolean;
  readonly text: string | undefined;
}

async function* batches(items: readonly Item[]): AsyncGenerator<Frame> {
  const none = new Uint8Array(0);
  for (let firstRow = 0; firstRow < items.length; firstRow += 3) {
    const part = items.slice(firstRow, firstRow + 3);
    const texts = part.map(({ text }) => Buffer.from(text ?? ""));
    const ends = texts.reduce<number[]>((before, { length }) => [...before, (before.at(-1) ?? 0) + length], [0]);
    const validity = Uint8Array.of(part.reduce((bits, { text }, row) => bits | (text === undefined ? 0 : 1 << row), 0));
    const columns = [
      { validity: none, offsets: none, data: asBytes(Float64Array.from(part, ({ number }) => number)) },
      { validity: none, offsets: none, data: Uint8Array.from(part, ({ flag }) => Number(flag)) },
      { validity, offsets: asBytes(Int32Array.from(ends)), data: new Uint8Array(Buffer.concat(texts)) },
    ];
    const value = { tableId: 1, firstRow, rows: part.length, columns };
    yield { sequence: 0, content: { $case: "batch", value } };
  }
}

function recordsOf(frames: readonly Frame[]): Item[] {
  return frames.flatMap(({ content }) => {
    if (content?.$case !== "batch") return [];
    const { rows: count, columns } = content.value;
    const [numbers, flags, texts] = columns;
    const values = new Float64Array(new Uint8Array(numbers!.data).buffer);
    const ends = new Int32Array(new Uint8Array(texts!.offsets).buffer);
    return Array.from({ length: count }, (_, row) => ({
      number: values[row]!,
      flag: flags!.data[row] === 1,
      text:
        ((texts!.validity[row >> 3]! >> (row & 7)) & 1) === 1
          ? Buffer.from(texts!.data.subarray(ends[row], ends[row + 1])).toString()
          : undefined,
    }));
  });
}

test("the same values make the same file, however they are cut and sent", async () => {
  const movie: MemoryArray = {
    name: "image",
    dataType: "uint16",
    shape: [40, 64, 65],
    data: bytesOf("uint16", 40 * 64 * 65, 3),
  };
  const options: RawOptions[] = [{}, { compressed: false }, { compressed: 4 }];
  for (const option of options) {
    const [whole, rowsAlone, pieces] = await Promise.all(
      [
        [7, 64, 65],
        [1, 1, 65],
        [3, 16, 65],
      ].map((chunking) => exportToMemory(memoryStream([movie], { imageStack: {}, chunking }), option)),
    );
    expect(Buffer.from(rowsAlone!.bytes).equals(whole!.bytes)).toBe(true);
    expect(Buffer.from(pieces!.bytes).equals(whole!.bytes)).toBe(true);
  }
});
