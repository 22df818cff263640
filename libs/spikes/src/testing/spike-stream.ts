import { asBytes, type DatasetStream } from "@sluice/core";
import { collect, type MemoryArray, memoryStream } from "@sluice/core/testing";
import {
  ArraySpec,
  Axis,
  type ColumnBuffer,
  ColumnSpec,
  type DatasetSpec,
  type Frame,
  SpikeTrains,
  type TableBatch,
  TableSpec,
} from "@sluice/proto";

/** What a stream of spikes has beside the spikes. */
export interface SpikeStreamOptions {
  readonly spikes?: Partial<SpikeTrains>;
  readonly dataset?: Partial<DatasetSpec>;
  /** Spikes in one chunk; by default each chunk ends with a unit. */
  readonly spikesPerChunk?: number;
  /** Arrays in the order of the stream, which the options of the spikes name. */
  readonly arrays?: readonly MemoryArray[];
  readonly tables?: readonly { readonly spec: TableSpec; readonly batches: readonly TableBatch[] }[];
}

/** Units as a stream: times in seconds, in the array "spikes/times". */
export function spikeStream(units: readonly (readonly number[])[], options: SpikeStreamOptions = {}): DatasetStream {
  const { spikes, dataset, arrays = [], tables = [] } = options;
  const times = ArraySpec.fromPartial({
    arrayId: 100,
    name: "spikes/times",
    dataType: "float64",
    ragged: true,
    unit: "second",
    axes: [Axis.fromPartial({ name: "unit", size: units.length })],
  });
  const rest = memoryStream(arrays, {
    tables,
    dataset: { spikeTrains: [SpikeTrains.fromPartial({ timesArray: times.name, ...spikes })], ...dataset },
  });
  return {
    header: { ...rest.header, arrays: [times, ...rest.header.arrays] },
    frames: { [Symbol.asyncIterator]: () => frames(units, options.spikesPerChunk ?? Number.POSITIVE_INFINITY, rest) },
  };
}

/** A table of numbers and texts: null where a value is missing. */
export function smallTable(
  name: string,
  tableId: number,
  columns: Readonly<Record<string, readonly (number | string | null)[]>>,
) {
  const entries = Object.entries(columns);
  const rows = entries[0]?.[1].length ?? 0;
  const isText = (values: readonly unknown[]) => values.some((value) => typeof value === "string");
  const spec = TableSpec.fromPartial({
    tableId,
    name,
    rows,
    columns: entries.map(([column, values]) =>
      ColumnSpec.fromPartial({
        name: column,
        dataType: isText(values) ? "string" : "float64",
        nullable: values.includes(null),
      }),
    ),
  });
  const batch = {
    tableId,
    firstRow: 0,
    rows,
    columns: entries.map(([, values]) => columnBuffer(values, isText(values))),
  };
  return { spec, batches: [batch] };
}

/** The units of a stream of spikes, as they came. */
export async function unitsOf({ header, frames: all }: DatasetStream): Promise<number[][]> {
  const times = header.arrays.find(({ name }) => name === header.dataset.spikeTrains[0]?.timesArray);
  const units: number[][] = Array.from({ length: times?.axes[0]?.size ?? 0 }, () => []);
  for (const { content } of await collect(all)) {
    if (content?.$case !== "ragged" || content.value.arrayId !== times?.arrayId) continue;
    const values = new Float64Array(content.value.data.slice().buffer);
    let start = 0;
    for (const [index, length] of content.value.rowLengths.entries()) {
      for (const end = start + length; start < end; start++) {
        units[content.value.firstRow + index]?.push(values[start] as number);
      }
    }
  }
  return units;
}

async function* frames(
  units: readonly (readonly number[])[],
  spikesPerChunk: number,
  rest: DatasetStream,
): AsyncGenerator<Frame> {
  for (const [unit, spikes] of units.entries()) {
    let offset = 0;
    do {
      const part = Float64Array.from(spikes.slice(offset, offset + spikesPerChunk));
      const value = { arrayId: 100, firstRow: unit, rowLengths: [part.length], elementOffset: offset };
      yield { sequence: 0, content: { $case: "ragged", value: { ...value, data: asBytes(part) } } };
      offset += part.length;
    } while (offset < spikes.length);
  }
  yield* rest.frames;
}

function columnBuffer(values: readonly (number | string | null)[], isText: boolean): ColumnBuffer {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  for (const [row, value] of values.entries()) if (value !== null) bits[row >> 3]! |= 1 << (row & 7);
  const validity = values.includes(null) ? bits : new Uint8Array(0);
  if (!isText) {
    return {
      validity,
      offsets: new Uint8Array(0),
      data: asBytes(Float64Array.from(values, (value) => Number(value ?? 0))),
    };
  }
  const texts = values.map((value) => Buffer.from(String(value ?? "")));
  const offsets = new Int32Array(values.length + 1);
  for (const [row, text] of texts.entries()) offsets[row + 1] = offsets[row]! + text.length;
  return { validity, offsets: asBytes(offsets), data: new Uint8Array(Buffer.concat(texts)) };
}
