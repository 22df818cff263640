import {
  ArraySpec,
  Axis,
  DatasetSpec,
  type Frame,
  ImageChannel,
  ImageStack,
  type TableBatch,
  type TableSpec,
} from "@sluice/proto";
import { type Box, copyBox, elementCount, wholeBox } from "../box.ts";
import { asBytes, type DataType, itemSize } from "../data-type.ts";
import { gridCells } from "../grid.ts";
import { imageAxisType } from "../image-axes.ts";
import { arrayEndFrame, chunkFrame, type DatasetStream } from "../stream.ts";

/** An array in memory. */
export interface MemoryArray {
  readonly name: string;
  readonly dataType: DataType;
  /** Lengths, slowest axis first. */
  readonly shape: readonly number[];
  /** Elements in C order, as typed array or as little-endian bytes. */
  readonly data: ArrayBufferView;
  /** Axis names or more of each axis; by default the last of t, c, z, y, x, but t, y, x for rank 3. */
  readonly axes?: readonly (string | Partial<Axis>)[];
  /** Anything else of the spec: unit, fill value, order, ... */
  readonly spec?: Partial<ArraySpec>;
}

/** How the arrays are sent, and what they mean. */
export interface MemoryStreamOptions {
  /** Chunk shape, for all arrays of its rank or by array name; whole indices of axis 0 by default. */
  readonly chunking?: readonly number[] | Readonly<Record<string, readonly number[]>>;
  /** Leaves the size of axis 0 open until ArrayEnd. */
  readonly unknownLength?: boolean;
  /** Makes the dataset an image stack; by default of the first array, with a named channel for each index of c. */
  readonly imageStack?: Partial<ImageStack>;
  /** Anything else of the dataset; its name is "memory" by default. */
  readonly dataset?: Partial<DatasetSpec>;
  /** Tables with their batches, sent after the arrays. */
  readonly tables?: readonly { readonly spec: TableSpec; readonly batches: readonly TableBatch[] }[];
}

/** A stream of arrays in memory, sent one after another in C order of their chunks. `frames` can be iterated again. */
export function memoryStream(arrays: readonly MemoryArray[], options: MemoryStreamOptions = {}): DatasetStream {
  const specs = arrays.map((array, index) => memorySpec(array, index + 1, options.unknownLength ?? false));
  const tables = options.tables ?? [];
  const dataset = DatasetSpec.fromPartial({ name: "memory", ...options.dataset });
  const first = specs[0];
  if (options.imageStack && first) dataset.imageStacks.push(memoryImageStack(first, options.imageStack));
  return {
    header: { dataset, arrays: specs, tables: tables.map((table) => table.spec) },
    frames: { [Symbol.asyncIterator]: () => memoryFrames(arrays, specs, options) },
  };
}

/** The bytes of a box of an array in memory, C order. */
export function cut(array: Pick<MemoryArray, "dataType" | "shape" | "data">, box: Box): Uint8Array {
  const size = itemSize[array.dataType];
  const data = new Uint8Array(elementCount(box.shape) * size);
  copyBox({ box: wholeBox(array.shape), data: asBytes(array.data) }, { box, data }, size);
  return data;
}

/** All items of an async iterable. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function* memoryFrames(
  arrays: readonly MemoryArray[],
  specs: readonly ArraySpec[],
  options: MemoryStreamOptions,
): AsyncGenerator<Frame> {
  for (const [index, array] of arrays.entries()) {
    const { arrayId } = specs[index] as ArraySpec;
    for (const box of gridCells(wholeBox(array.shape), chunkShapeOf(array, options.chunking))) {
      yield chunkFrame({ arrayId, offset: [...box.offset], shape: [...box.shape], data: cut(array, box) });
    }
    if (options.unknownLength) yield arrayEndFrame({ arrayId, shape: [...array.shape] });
  }
  for (const { batches } of options.tables ?? []) {
    for (const value of batches) yield { sequence: 0, content: { $case: "batch", value } };
  }
}

function chunkShapeOf(array: MemoryArray, chunking: MemoryStreamOptions["chunking"]): readonly number[] {
  const whole = array.shape.map((length, axis) => (axis === 0 ? 1 : length));
  if (chunking === undefined) return whole;
  if (isShape(chunking)) return chunking.length === whole.length ? chunking : whole;
  return chunking[array.name] ?? whole;
}

function isShape(chunking: NonNullable<MemoryStreamOptions["chunking"]>): chunking is readonly number[] {
  return Array.isArray(chunking);
}

function memorySpec(array: MemoryArray, arrayId: number, unknownLength: boolean): ArraySpec {
  const names = array.axes ?? defaultAxisNames(array.shape.length);
  const axes = names.map((given, index) => {
    const axis = typeof given === "string" ? { name: given } : given;
    const type = imageAxisType(axis.name ?? "");
    const size = unknownLength && index === 0 ? undefined : array.shape[index];
    return Axis.fromPartial({ type, ...axis, size });
  });
  return ArraySpec.fromPartial({ ...array.spec, arrayId, name: array.name, dataType: array.dataType, axes });
}

function defaultAxisNames(rank: number): string[] {
  if (rank === 1) return ["t"];
  if (rank === 3) return ["t", "y", "x"];
  if (rank === 4) return ["t", "c", "y", "x"];
  if (rank <= 5) return ["t", "c", "z", "y", "x"].slice(-rank);
  return Array.from({ length: rank }, (_, axis) => `d${axis}`);
}

function memoryImageStack(array: ArraySpec, given: Partial<ImageStack>): ImageStack {
  const channelCount = array.axes.find((axis) => axis.name === "c")?.size ?? 1;
  const channels = Array.from({ length: channelCount }, (_, index) =>
    ImageChannel.fromPartial({ name: `channel_${index}` }),
  );
  return ImageStack.fromPartial({ imageArray: array.name, channels, ...given });
}
