import { countElements, SluiceError } from "@sluice/core";
import type { DeflateOption, ShuffleOption } from "./chunk-filter.ts";
import { automaticChunks } from "./chunk-shape.ts";
import { elementBytes } from "./data.ts";
import { type MaximumShape, unlimited } from "./dataspace-message.ts";
import type { StorageClass } from "./storage-messages.ts";
import { checkType, type ElementLayout, elementLayout, type Hdf5Type, isPlain, typeName } from "./type.ts";
import type { Hdf5Value, ValueContext } from "./value.ts";

/** How a dataset is to be kept. */
export interface StorageOptions {
  /** Largest length of each axis, null where it may grow for ever; by default the shape. Needs chunks. */
  readonly maxShape?: MaximumShape;
  /** Shape of a chunk. Without it, and with an option that needs chunks, it is chosen: up to 1 MiB. */
  readonly chunks?: readonly number[];
  /**
   * Sorts the bytes of elements before deflate; "adaptive": where the first chunk deflates better so. Single bytes need no
   * sorting: it is left out for them.
   */
  readonly shuffle?: ShuffleOption;
  /** A level of zlib, or "adaptive". Chunks that do not shrink are stored as they are. */
  readonly deflate?: DeflateOption;
  /** Element where none was written; zero by default. */
  readonly fillValue?: Hdf5Value | Uint8Array;
  /** Keeps the elements in the object header: small datasets that every reader reads with their header. */
  readonly compact?: boolean;
}

/** What a dataset is. */
export interface DatasetOptions extends StorageOptions {
  readonly type: Hdf5Type;
  /** Lengths of the axes at first; empty for a scalar, null for a dataset that holds nothing. */
  readonly shape: readonly number[] | null;
}

/** Options that were checked. */
export interface DatasetPlan {
  readonly type: Hdf5Type;
  readonly element: ElementLayout;
  readonly shape: readonly number[] | null;
  /** Where it differs from the shape. */
  readonly maximum: MaximumShape | undefined;
  readonly storage: StorageClass;
  /** Of chunked datasets. */
  readonly chunk: readonly number[];
  /** Bytes of one element. */
  readonly fill: Uint8Array | undefined;
  readonly shuffle: ShuffleOption;
  readonly deflate: DeflateOption | undefined;
}

/** Compact data share a message of at most 64 KiB with four bytes of its own. */
const maximumCompactBytes = 65_520;
/** Dimensions of a dataspace; a chunk has one more for the element. */
const maximumRank = 31;
/** The length of a chunk has 32 bits, and so have lengths of its axes. */
const maximumChunkBytes = 2 ** 32 - 1;

/**
 * Checks what a dataset is to be.
 *
 * @throws SluiceError HDF5_TYPE_INVALID, HDF5_SHAPE_INVALID, HDF5_CHUNKS_INVALID, HDF5_DEFLATE_INVALID,
 * HDF5_FILL_INVALID, HDF5_COMPACT_INVALID, HDF5_VALUE_INVALID
 */
export function planDataset(options: DatasetOptions, context: ValueContext): DatasetPlan {
  const { type, shape } = options;
  const { field } = context;
  checkType(type, field);
  const element = elementLayout(type);
  checkShape(shape, element, field);
  const maximum = maximumOf(options, field);
  const chunked = needsChunks(options, maximum);
  if (chunked && (shape === null || shape.length === 0)) {
    throw invalid("SHAPE", field, "A scalar has no chunks: it can neither grow nor be compressed.", describe(shape));
  }
  const chunk = chunked ? (options.chunks ?? automaticChunks(shape ?? [], maximum, element.itemBytes)) : [];
  if (chunked) checkChunks(chunk, shape ?? [], maximum, element, field);
  if (options.compact) checkCompact(chunked, shape, element, field);
  checkDeflate(options.deflate, field);
  return {
    type,
    element,
    shape,
    maximum,
    storage: chunked ? "chunked" : options.compact ? "compact" : "contiguous",
    chunk,
    fill: fillOf(options, element, context),
    shuffle: shuffleOf(options, element),
    deflate: options.deflate,
  };
}

function needsChunks({ chunks, shuffle, deflate }: DatasetOptions, maximum: MaximumShape | undefined): boolean {
  return chunks !== undefined || (shuffle ?? false) !== false || deflate !== undefined || maximum !== undefined;
}

/** Only numbers that are to be deflated can tell; elements that refer to objects are known after their header. */
function shuffleOf({ shuffle = false, deflate }: DatasetOptions, element: ElementLayout): ShuffleOption {
  return shuffle === "adaptive" && (deflate === undefined || !isPlain(element)) ? true : shuffle;
}

function checkShape(shape: readonly number[] | null, { itemBytes }: ElementLayout, field: string): void {
  if (shape === null) return;
  const count = countElements(shape);
  const countable = count !== undefined && Number.isSafeInteger(count * itemBytes);
  if (countable && shape.length <= maximumRank) return;
  throw invalid("SHAPE", field, "The shape is none that an HDF5 dataset can have.", describe(shape), [
    `at most ${maximumRank} lengths >= 0 of fewer than 2^53 bytes together`,
  ]);
}

function maximumOf({ shape, maxShape }: DatasetOptions, field: string): MaximumShape | undefined {
  if (!maxShape) return undefined;
  const fits = (length: number, axis: number) => {
    const most = maxShape[axis];
    return most === unlimited || (Number.isSafeInteger(most) && (most as number) >= length);
  };
  if (shape === null || shape.length !== maxShape.length || !shape.every(fits)) {
    throw invalid(
      "SHAPE",
      field,
      "The largest shape is below the shape.",
      `${describe(maxShape)} for ${describe(shape)}`,
    );
  }
  return shape.every((length, axis) => length === maxShape[axis]) ? undefined : maxShape;
}

function checkChunks(
  chunk: readonly number[],
  shape: readonly number[],
  maximum: MaximumShape | undefined,
  { itemBytes }: ElementLayout,
  field: string,
): void {
  const most = shape.map((length, axis) => {
    const largest = maximum ? (maximum[axis] as number | null) : length;
    return largest === unlimited || length === 0 ? Number.POSITIVE_INFINITY : largest;
  });
  const fits = chunk.every((length, axis) => Number.isSafeInteger(length) && length > 0 && length <= (most[axis] ?? 0));
  const count = countElements(chunk) ?? Number.POSITIVE_INFINITY;
  if (fits && chunk.length === shape.length && count * itemBytes <= maximumChunkBytes) return;
  throw invalid("CHUNKS", field, "The chunk does not fit the dataset.", describe(chunk), [
    `${shape.length} lengths from 1 to [${most.join(", ")}] of less than 4 GiB together`,
  ]);
}

function checkCompact(chunked: boolean, shape: readonly number[] | null, { itemBytes }: ElementLayout, field: string) {
  const bytes = (countElements(shape ?? [0]) ?? 0) * itemBytes;
  if (!chunked && bytes <= maximumCompactBytes) return;
  throw invalid(
    "COMPACT",
    field,
    "The dataset does not fit into its object header.",
    chunked ? "chunks" : `${bytes} bytes`,
    [`at most ${maximumCompactBytes} bytes, neither compressed nor growing`],
  );
}

function checkDeflate(deflate: DeflateOption | undefined, field: string): void {
  if (deflate === undefined || deflate === "adaptive") return;
  if (Number.isInteger(deflate) && deflate >= 0 && deflate <= 9) return;
  throw invalid("DEFLATE", field, "The level is none that deflate has.", String(deflate), ["0 to 9", "adaptive"]);
}

function fillOf({ type, fillValue }: DatasetOptions, element: ElementLayout, context: ValueContext) {
  if (fillValue === undefined) return undefined;
  const { field } = context;
  if (!isPlain(element)) {
    throw invalid("FILL", field, "Texts of any length and references have no fill value.", typeName(type));
  }
  const bytes = elementBytes(fillValue, type, context);
  if (bytes.length === element.itemBytes) return bytes.slice();
  throw invalid("FILL", field, "The fill value is one element.", `${bytes.length} bytes`, [
    `${element.itemBytes} bytes`,
  ]);
}

function describe(shape: MaximumShape | null): string {
  return shape === null ? "nothing" : `[${shape.map((length) => length ?? "unlimited").join(", ")}]`;
}

function invalid(what: string, field: string, message: string, got: string, allowed: string[] = []): SluiceError {
  return new SluiceError({ reason: `HDF5_${what}_INVALID`, message, field, got, allowed });
}
