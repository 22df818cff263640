import {
  type Box,
  boxContains,
  Code,
  countElements,
  type DataType,
  elementCount,
  itemSize,
  SluiceError,
  wholeBox,
} from "@sluice/core";
import type { Metadata } from "h5wasm/node";
import { type AttributeValue, isReadable, readAttributes, type StoredAttribute } from "./attributes.ts";
import { cutSlabs, type DatasetBlock, maximumSlabBytes, readInBlocks } from "./blocks.ts";
import { ChunkSlabs, type Slab } from "./chunks/chunk-slabs.ts";
import { decodeElements, type StoredElement, type StoredRow, storedOrder } from "./element.ts";
import { type DatasetFilter, refuseUnknownFilters } from "./filters.ts";
import { storedType } from "./metadata.ts";
import { pointersOf, type RawElements } from "./pointers.ts";
import type { Session } from "./session.ts";
import { StorageError } from "./structure/stored-file.ts";
import { numberType, type StoredType, storedTypeName, valuesPerElement } from "./type.ts";

/** Larger boxes come from damaged headers; the heap of h5wasm ends at 2 GiB. */
const maximumReadBytes = 512 * 1024 * 1024;
/** Most numbers, texts and so on that are given as values at once: each takes some 8 to 40 bytes of the heap. */
const maximumValues = 2 ** 24;

/** How to read a dataset in parts. */
export interface BlockOptions {
  /** Most bytes of a block, if a row is not larger; 8 MiB unless told. */
  readonly maximumBytes?: number;
}

/** A dataset of an open file. */
export class Hdf5Dataset {
  /** Absolute path inside the file. */
  readonly path: string;
  /** Lengths of the axes: empty for a scalar, null for a null space. */
  readonly shape: readonly number[] | null;
  /** Lengths up to which the axes may grow; null without limit. */
  readonly maxShape: readonly (number | null)[] | null;
  /** Shape of a chunk; undefined for storage in one piece. */
  readonly chunks: readonly number[] | undefined;
  readonly type: StoredType;
  /** Filters in the order in which they were applied. */
  readonly filters: readonly DatasetFilter[];
  readonly #session: Session;
  readonly #metadata: Metadata;

  /** Opens the dataset at an absolute path that is known to be one. */
  static async open(session: Session, path: string): Promise<Hdf5Dataset> {
    const { metadata, filters } = (await session.ask("dataset", path, "read the header")) as {
      metadata: Metadata;
      filters: DatasetFilter[];
    };
    return new Hdf5Dataset(session, path, metadata, filters);
  }

  private constructor(session: Session, path: string, metadata: Metadata, filters: readonly DatasetFilter[]) {
    this.#session = session;
    this.#metadata = metadata;
    this.path = path;
    this.shape = metadata.shape;
    // HDF5 tells a length without limit as 2^64 - 1.
    this.maxShape = metadata.maxshape?.map((length) => (length === 2 ** 64 ? null : length)) ?? null;
    this.chunks = metadata.chunks ?? undefined;
    this.type = storedType(metadata);
    this.filters = filters;
  }

  /** Bytes of an element; those of a pointer for text and sequences of any length. */
  get itemBytes(): number {
    return this.#metadata.size;
  }

  /** The data type of the bytes that `read` gives; undefined for elements that are no numbers. */
  get dataType(): DataType | undefined {
    return numberType(this.type);
  }

  /** Values of the attributes by name. One that cannot be read is there as `Unreadable`. */
  async attributes(): Promise<ReadonlyMap<string, AttributeValue>> {
    const attributes = await this.storedAttributes();
    return new Map([...attributes].map(([name, { value }]) => [name, value]));
  }

  /** The attributes with their types and shapes. */
  storedAttributes(): Promise<ReadonlyMap<string, StoredAttribute>> {
    return readAttributes(this.#session, this.path);
  }

  /** Where the object is in the file: two paths with one address lead to the same object. */
  async address(): Promise<number> {
    return (await this.#session.ask("address", this.path, "find the object")) as number;
  }

  /**
   * Bytes of the numbers in a box, or in the whole dataset, in C order and little endian; none for a null space.
   *
   * @throws SluiceError HDF5_TYPE_UNSUPPORTED, HDF5_FILTER_UNSUPPORTED, HDF5_BOX_INVALID, HDF5_READ_FAILED
   */
  async read(box?: Box): Promise<Uint8Array> {
    this.#requireNumbers();
    const { bytes } = await this.#raw(box);
    if (storedOrder(this.#metadata) === "mixed") throw this.#unsupported("numbers of two byte orders", []);
    return bytes;
  }

  /**
   * Text of a box or of the whole dataset, in C order; text of a fixed length without what fills it up.
   *
   * @throws SluiceError as `read` does
   */
  async readText(box?: Box): Promise<string[]> {
    const { type } = this;
    if (type !== "text" && (typeof type === "string" || type.kind !== "fixedText")) {
      throw this.#unsupported("no text", ["text"]);
    }
    return (await this.readValues(box)) as string[];
  }

  /**
   * Compounds of a box or of the whole dataset, in C order.
   *
   * @throws SluiceError as `read` does
   */
  async readRows(box?: Box): Promise<StoredRow[]> {
    if (typeof this.type === "string" || this.type.kind !== "compound") {
      throw this.#unsupported("no compounds", ["compounds"]);
    }
    return (await this.readValues(box)) as StoredRow[];
  }

  /**
   * Elements of any type that can be read, of a box or of the whole dataset, in C order.
   *
   * @throws SluiceError as `read` does
   */
  async readValues(box?: Box): Promise<StoredElement[]> {
    if (!isReadable(this.type)) throw this.#unsupported("of a type that cannot be read", []);
    const { shape } = box ?? { shape: this.shape ?? [] };
    const count = countElements(shape);
    if (count === undefined || count * valuesPerElement(this.type) > maximumValues) {
      throw this.#invalidBox(box ?? wholeBox(shape));
    }
    return decodeElements(this.#metadata, await this.#raw(box));
  }

  /**
   * The whole dataset in blocks of whole rows of axis 0, in order; a row larger than a block comes in parts. Chunks are
   * inflated on all cores. Memory: the rows of one row of chunks, up to 128 MiB, and the chunks under way.
   *
   * @throws SluiceError as `read` does
   */
  async *blocks({ maximumBytes = 8 * 1024 * 1024 }: BlockOptions = {}): AsyncGenerator<DatasetBlock, void, undefined> {
    const item = itemSize[this.#requireNumbers()];
    const { shape, chunks } = this;
    if (shape === null || countElements(shape) === 0) return;
    const slabs = await this.#chunkSlabs(shape, item);
    if (slabs) yield* cutSlabs(this.#explained(slabs), shape, item, maximumBytes);
    else yield* readInBlocks(shape, chunks?.[0] ?? 1, item, maximumBytes, (box) => this.read(box));
  }

  /** Rows from chunks that need no library; undefined where they do. */
  async #chunkSlabs(shape: readonly number[], itemBytes: number): Promise<AsyncIterable<Slab> | undefined> {
    const { chunks, maxShape, filters } = this;
    if (!chunks || !maxShape || storedOrder(this.#metadata) === "big") return undefined;
    if (slabBytes(shape, chunks, itemBytes) > maximumSlabBytes) return undefined;
    const dataset = { shape, maxShape, chunks, itemBytes, filters, address: await this.address() };
    const slabs = await ChunkSlabs.open(this.#session.source, dataset);
    return slabs?.read(this.#session.signal);
  }

  async *#explained(slabs: AsyncIterable<Slab>): AsyncGenerator<Slab, void, undefined> {
    try {
      yield* slabs;
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      throw this.#session.failed(this.path, "read the values", error.message, error);
    }
  }

  async #raw(box: Box | undefined): Promise<RawElements> {
    const { shape } = this;
    const wanted = box ?? wholeBox(shape ?? []);
    if (shape === null) {
      if (box) throw this.#invalidBox(box);
      return empty;
    }
    const count = countElements(wanted.shape);
    const sound = count !== undefined && countElements(wanted.offset) !== undefined;
    const ranks = wanted.offset.length === shape.length && wanted.shape.length === shape.length;
    if (!sound || !ranks || !boxContains(wholeBox(shape), wanted)) throw this.#invalidBox(wanted);
    if (count * this.#metadata.size > maximumReadBytes) throw this.#invalidBox(wanted);
    if (count === 0) return empty;
    refuseUnknownFilters(this.filters, `${this.#session.name}:${this.path}`);
    const parts = { count, ...wanted, pointers: pointersOf(this.#metadata) };
    return (await this.#session.ask("read", this.path, "read the values", parts)) as RawElements;
  }

  #requireNumbers(): DataType {
    const { dataType } = this;
    if (dataType !== undefined) return dataType;
    throw this.#unsupported("no numbers", ["integers", "floats of 16, 32 and 64 bits", "complex numbers", "booleans"]);
  }

  #unsupported(what: string, allowed: string[]): SluiceError {
    return new SluiceError({
      reason: "HDF5_TYPE_UNSUPPORTED",
      message: `The dataset holds elements that are ${what}.`,
      field: `${this.#session.name}:${this.path}`,
      got: storedTypeName(this.type),
      allowed,
      remedy: "Check that the file is of the format that it is read as.",
      grpcCode: Code.UNIMPLEMENTED,
    });
  }

  #invalidBox({ offset, shape }: Box): SluiceError {
    return new SluiceError({
      reason: "HDF5_BOX_INVALID",
      message: "The box is not inside the dataset, or too large to be read at once.",
      field: `${this.#session.name}:${this.path}`,
      got: `offset [${offset.join(", ")}], shape [${shape.join(", ")}]`,
      allowed: [
        `a box inside [${(this.shape ?? []).join(", ")}] of at most ${maximumReadBytes} bytes, ${maximumValues} values`,
      ],
      remedy: "Read a box of the dataset's rank and inside its shape, in parts if it is large.",
      grpcCode: Code.OUT_OF_RANGE,
    });
  }
}

/** Bytes of the rows that one row of chunks covers. */
function slabBytes([rows = 1, ...rest]: readonly number[], [chunkRows = 1]: readonly number[], item: number): number {
  return elementCount(rest) * Math.min(rows, chunkRows) * item;
}

const empty: RawElements = { bytes: new Uint8Array(0), texts: [], references: [], sequences: [] };
