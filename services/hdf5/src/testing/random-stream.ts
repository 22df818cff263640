import {
  asBytes,
  type DatasetHeader,
  type DatasetStream,
  type DataType,
  dataTypes,
  elementCount,
  itemSize,
} from "@sluice/core";
import { type MemoryArray, memoryStream } from "@sluice/core/testing";
import { ArraySpec, Axis, ColumnSpec, type DatasetSpec, type Frame, Origin, TableSpec } from "@sluice/proto";
import fc from "fast-check";
import { textColumn } from "../read/generic/column-values.ts";

const text = fc.string({ unit: "grapheme", maxLength: 8 });
const segment = fc
  .string({ unit: "binary", minLength: 1, maxLength: 6 })
  .filter((value) => !/\p{Cc}|^\.\.?$/u.test(value) && !value.includes("/"));
// Names that begin with another and a slash, or hold what stands for something else in the file, on purpose.
const name = fc.oneof(fc.constantFrom("image", "a", "a/b", "a/b/c", "a%2Fb", "50%", "spikes/times"), segment);
// JSON and proto3 have no negative zero: -0 + 0 is 0.
const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const struct = fc
  .dictionary(fc.string({ unit: "binary", maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>);
const time = fc.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T00:00:00Z"),
  noInvalidDate: true,
});
const option = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });

/** Bytes without pattern that are elements of the type. */
function bytesOf(dataType: string, count: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(count * itemSize[dataType as DataType]);
  let state = seed | 1;
  for (let index = 0; index < bytes.length; index++) {
    state = Math.imul(state, 1_664_525) + 1_013_904_223;
    bytes[index] = state >>> 24;
  }
  return dataType === "bool" ? bytes.map((value) => value & 1) : bytes;
}

const dense = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
    long: fc.boolean(),
    chunk: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 5, maxLength: 5 }),
    dataType: fc.constantFrom(...dataTypes),
    seed: fc.integer(),
    unknown: fc.boolean(),
    spec: fc.record({
      unit: text,
      valueScale: option(finite.filter((value) => value !== 0)),
      valueOffset: option(finite),
      attributes: option(struct),
      fill: fc.boolean(),
    }),
    axis: fc.record({
      unit: text,
      scale: option(finite.filter((value) => value !== 0)),
      origin: finite,
      labelled: fc.boolean(),
    }),
  })
  .map(({ shape, long, chunk, dataType, seed, unknown, spec: { fill, ...spec }, axis: { labelled, ...axis } }) => {
    const lengths = long && shape.length < 3 ? shape.with(0, 5000) : shape;
    const count = elementCount(lengths);
    const data = bytesOf(dataType, count, seed);
    const axes = lengths.map((size, index) => ({
      name: `d${index}`,
      ...axis,
      size: unknown && index === 0 ? undefined : size,
      labels:
        labelled && size < 20 && !(unknown && index === 0) ? Array.from({ length: size }, (_, at) => `l${at}`) : [],
    }));
    const fillValue = fill ? bytesOf(dataType, 1, seed) : undefined;
    const spec0 = ArraySpec.fromPartial({ ...spec, dataType, axes, fillValue });
    return { kind: "dense" as const, spec: spec0, data, lengths, chunk: long ? [997, 3, 3, 3, 3] : chunk };
  });

const ragged = fc
  .record({
    lengths: fc.array(fc.oneof(fc.nat(6), fc.constant(20_000)), { maxLength: 6 }),
    dataType: fc.constantFrom(...dataTypes),
    seed: fc.integer(),
    known: fc.boolean(),
    unit: text,
  })
  .map(({ lengths, dataType, seed, known, unit }) => {
    const axes = [Axis.fromPartial({ name: "unit", size: known ? lengths.length : undefined })];
    const spec = ArraySpec.fromPartial({ dataType, axes, ragged: true, unit });
    const data = bytesOf(
      dataType,
      lengths.reduce((sum, length) => sum + length, 0),
      seed,
    );
    return { kind: "ragged" as const, spec, lengths, data };
  });

const table = fc
  .record({
    rows: fc.oneof(fc.nat(5), fc.constant(700)),
    columns: fc.uniqueArray(fc.tuple(name, fc.constantFrom(...dataTypes, "string"), fc.boolean(), text), {
      maxLength: 4,
      selector: ([own]) => own,
    }),
    seed: fc.integer(),
    known: fc.boolean(),
    attributes: option(struct),
  })
  .map(({ rows, columns, seed, known, attributes }) => ({
    spec: TableSpec.fromPartial({
      // Without a column nothing but the spec says how many rows there are.
      rows: known ? rows : undefined,
      attributes,
      columns: columns.map(([own, dataType, nullable, unit]) =>
        ColumnSpec.fromPartial({ name: own, dataType, nullable, unit }),
      ),
    }),
    rows: columns.length === 0 && !known ? 0 : rows,
    seed,
  }));

const dataset: fc.Arbitrary<Partial<DatasetSpec>> = fc.record({
  name: text,
  records: option(struct),
  metadata: option(struct),
  sessionStartTime: option(time),
  provenance: option(
    fc.record({
      source: text,
      acquiredTime: option(time),
      environment: fc.constant({ sluice: "0.1.0" }),
      steps: fc.array(
        fc.record({
          name: text,
          software: text,
          softwareVersion: text,
          parameters: option(struct),
          time: option(time),
          input: text,
          output: text,
        }),
        { maxLength: 3 },
      ),
    }),
  ),
  origins: fc.constant([{ field: "image.pixel_size.x", origin: Origin.ORIGIN_READ, detail: "byte 56" }]),
});

/** A stream of any arrays, ragged arrays and tables, that can be read again and again. */
export const randomStream: fc.Arbitrary<DatasetStream> = fc
  .record({
    arrays: fc.uniqueArray(fc.tuple(name, fc.oneof({ weight: 3, arbitrary: dense }, ragged)), {
      maxLength: 5,
      selector: ([own]) => own,
    }),
    tables: fc.uniqueArray(fc.tuple(name, table), { maxLength: 3, selector: ([own]) => own }),
    dataset,
  })
  .map(({ arrays, tables, dataset: given }) => {
    const { header } = memoryStream([], { dataset: given });
    const specs = arrays.map(([own, { spec }], index) => ({ ...spec, name: own, arrayId: index + 1 }));
    const tableSpecs = tables.map(([own, { spec }], index) => ({ ...spec, name: own, tableId: index + 1 }));
    const whole: DatasetHeader = { dataset: header.dataset, arrays: specs, tables: tableSpecs };
    async function* frames(): AsyncGenerator<Frame> {
      for (const [index, [, made]] of arrays.entries()) {
        const arrayId = index + 1;
        if (made.kind === "ragged") yield* raggedFrames(arrayId, made);
        else yield* denseFrames(arrayId, made);
      }
      for (const [index, [, made]] of tables.entries()) yield* tableFrames(index + 1, made);
    }
    return { header: whole, frames: { [Symbol.asyncIterator]: frames } };
  });

async function* denseFrames(
  arrayId: number,
  made: { spec: ArraySpec; data: Uint8Array; lengths: readonly number[]; chunk: readonly number[] },
) {
  const { spec, data, lengths, chunk } = made;
  const array: MemoryArray = {
    name: "a",
    dataType: spec.dataType as DataType,
    shape: lengths,
    data,
    axes: lengths.map((_, axis) => `d${axis}`),
  };
  const unknownLength = spec.axes[0]?.size === undefined;
  const { frames } = memoryStream([array], { chunking: chunk.slice(0, lengths.length), unknownLength });
  for await (const frame of frames) {
    const { content } = frame;
    if (content?.$case === "chunk") yield { ...frame, content: { ...content, value: { ...content.value, arrayId } } };
    if (content?.$case === "arrayEnd")
      yield { ...frame, content: { ...content, value: { ...content.value, arrayId } } };
  }
}

/** One row at a time, long ones in two parts. */
function* raggedFrames(
  arrayId: number,
  { spec, lengths, data }: { spec: ArraySpec; lengths: readonly number[]; data: Uint8Array },
): Generator<Frame> {
  const size = itemSize[spec.dataType as DataType];
  let start = 0;
  for (const [firstRow, length] of lengths.entries()) {
    const parts = length > 100 ? [100, length - 100] : [length];
    let elementOffset = 0;
    for (const part of parts) {
      const bytes = data.subarray(start, start + part * size);
      yield {
        sequence: 0,
        content: { $case: "ragged", value: { arrayId, firstRow, rowLengths: [part], elementOffset, data: bytes } },
      };
      start += part * size;
      elementOffset += part;
    }
  }
}

/** Two batches where there are enough rows. */
function* tableFrames(
  tableId: number,
  { spec, rows, seed }: { spec: TableSpec; rows: number; seed: number },
): Generator<Frame> {
  for (const [firstRow, end] of [
    [0, rows >> 1],
    [rows >> 1, rows],
  ] as const) {
    const count = end - firstRow;
    if (count === 0) continue;
    const columns = spec.columns.map(({ dataType, nullable }, index) => {
      const validity = nullable ? bytesOf("uint8", Math.ceil(count / 8), seed + index) : new Uint8Array(0);
      if (dataType !== "string")
        return { validity, offsets: new Uint8Array(0), data: asBytes(bytesOf(dataType, count, seed + index)) };
      return {
        ...textColumn(Array.from({ length: count }, (_, row) => (row % 3 === 0 ? "" : `µ${firstRow + row}`))),
        validity,
      };
    });
    yield { sequence: 0, content: { $case: "batch", value: { tableId, firstRow, rows: count, columns } } };
  }
}
