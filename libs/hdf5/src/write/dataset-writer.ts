import { type Box, Code, elementCount, SluiceError } from "@sluice/core";
import type { Addresses } from "./addresses.ts";
import { ChunkFilter } from "./chunk-filter.ts";
import { ChunkGrid } from "./chunk-grid.ts";
import { type ChunkCounts, ChunkedStorage } from "./chunked-storage.ts";
import { ContiguousStorage } from "./contiguous-storage.ts";
import { elementBytes, type Hdf5Data } from "./data.ts";
import type { DatasetPlan } from "./dataset-plan.ts";
import { dataspaceMessage, unlimited } from "./dataspace-message.ts";
import { datatypeMessage } from "./datatype-message.ts";
import { HeldStorage } from "./held-storage.ts";
import { type Message, MessageType } from "./object-header.ts";
import { ObjectWriter } from "./object-writer.ts";
import type { OpenFile } from "./open-file.ts";
import type { Storage } from "./storage.ts";
import { fillValueMessage, filterPipelineMessage } from "./storage-messages.ts";
import { isPlain } from "./type.ts";

/** A dataset of a file that is being written. */
export class DatasetWriter extends ObjectWriter {
  readonly storage: Storage;
  readonly #plan: DatasetPlan;
  /** Bytes of one index of axis 0; a scalar is one such index. */
  readonly #rowBytes: number;
  #rows = 0;
  /** Length of axis 0 with all that was handed over, and with what the storage has taken of it. */
  #extent: number;
  #storedExtent: number;

  constructor(file: OpenFile<ObjectWriter>, path: string, plan: DatasetPlan) {
    super(file, path);
    this.#plan = plan;
    const { shape, element } = plan;
    this.#rowBytes = elementCount((shape ?? []).slice(1)) * element.itemBytes;
    this.#extent = shape === null ? 0 : (shape[0] ?? 1);
    this.#storedExtent = this.#extent;
    this.storage = storageOf(file, path, plan);
  }

  /** Lengths of the axes so far; empty for a scalar, null for a dataset that holds nothing. */
  get shape(): readonly number[] | null {
    return this.#shapeOf(this.#extent);
  }

  /** What the chunks written so far became; undefined for a dataset without chunks. */
  get chunkCounts(): ChunkCounts | undefined {
    return this.storage instanceof ChunkedStorage ? this.storage.counts : undefined;
  }

  /**
   * Appends elements along axis 0, behind those appended before; a dataset that may grow does.
   *
   * @param data bytes, a typed array or values, whole indices of axis 0 in C order. Bytes and arrays must stay
   * unchanged until the file is flushed or closed.
   * @param rows number of indices; needed where an index holds no elements
   * @throws SluiceError HDF5_VALUE_INVALID, HDF5_TEXT_INVALID, HDF5_ROWS_INVALID, HDF5_DATASET_FULL,
   * HDF5_DATASET_INTERRUPTED, and what the writer throws, maybe of an earlier call
   */
  async append(data: Hdf5Data, rows?: number): Promise<void> {
    this.file.requireOpen(this.path);
    const elements = elementBytes(data, this.#plan.type, { file: this.file, field: this.path });
    const count = rows ?? elements.length / this.#rowBytes;
    if (!Number.isSafeInteger(count) || count < 0 || count * this.#rowBytes !== elements.length) {
      throw this.#invalidRows(elements.length, count);
    }
    await this.appendEncoded(elements, count);
  }

  /** Appends elements that are encoded for this dataset. */
  async appendEncoded(elements: Uint8Array, rows: number): Promise<void> {
    const end = this.#rows + rows;
    this.#take(end);
    this.#rows = end;
    await this.file.inTurn(() => this.#store(end, () => this.storage.append(elements, rows)));
  }

  /**
   * Writes one chunk anywhere, in any order; chunks that are never written read as the fill value.
   *
   * @param box a cell of the grid of chunks, cut at the edges of the dataset; where axis 0 grows, of up to a whole chunk
   * @param bytes the elements of the box, C order; to stay unchanged until the file is flushed or closed
   * @throws SluiceError HDF5_CHUNK_INVALID, HDF5_CHUNK_WRITTEN_TWICE, HDF5_VALUE_INVALID
   */
  async writeChunk(box: Box, bytes: Uint8Array): Promise<void> {
    this.file.requireOpen(this.path);
    const { storage } = this;
    const elements = elementBytes(bytes, this.#plan.type, { file: this.file, field: this.path });
    const end = (box.offset[0] ?? 0) + (box.shape[0] ?? 0);
    const grows = this.#mostRows > this.#extent;
    const chunked = storage instanceof ChunkedStorage && isPlain(this.#plan.element);
    const isCell = chunked && storage.isCell(box, grows ? end : this.#extent);
    if (!isCell || elementCount(box.shape) * this.#plan.element.itemBytes !== elements.length) {
      throw this.#invalidChunk(box, elements.length);
    }
    this.#take(end);
    await this.file.inTurn(() => this.#store(end, () => storage.writeChunk(box, elements)));
  }

  override get complete(): boolean {
    return this.storage.complete;
  }

  protected override structureLengths(): number[] {
    return [...this.#described().map(({ data }) => data.length), this.storage.layoutBytes];
  }

  protected override structureMessages(addresses: Addresses): Message[] {
    return [...this.#described(), { type: MessageType.layout, data: this.storage.layout(addresses) }];
  }

  /** The messages without addresses. */
  #described(): Message[] {
    const { type, maximum, fill } = this.#plan;
    const { storageClass, filters } = this.storage;
    const messages: Message[] = [
      { type: MessageType.dataspace, data: dataspaceMessage(this.#shapeOf(this.#storedExtent), maximum) },
      { type: MessageType.datatype, data: datatypeMessage(type) },
      { type: MessageType.fillValue, data: fillValueMessage(storageClass, fill) },
    ];
    if (filters.length > 0) messages.push({ type: MessageType.filterPipeline, data: filterPipelineMessage(filters) });
    return messages;
  }

  #shapeOf(extent: number): readonly number[] | null {
    const { shape } = this.#plan;
    return shape === null || shape.length === 0 ? shape : [extent, ...shape.slice(1)];
  }

  async #store(end: number, work: () => Promise<void>): Promise<void> {
    await work();
    this.#storedExtent = Math.max(this.#storedExtent, end);
    await this.file.stored();
  }

  /** Largest length of axis 0. */
  get #mostRows(): number {
    const { shape, maximum } = this.#plan;
    if (shape === null) return 0;
    const most = maximum ? (maximum[0] as number | null) : (shape[0] ?? 1);
    return most === unlimited ? Number.MAX_SAFE_INTEGER : most;
  }

  /** The dataset reaches up to here. */
  #take(rows: number): void {
    if (rows > this.#mostRows) throw this.#full(rows);
    this.#extent = Math.max(this.#extent, rows);
  }

  #invalidRows(bytes: number, rows: number): SluiceError {
    return new SluiceError({
      reason: "HDF5_ROWS_INVALID",
      message: "What is appended is not whole indices of axis 0.",
      field: this.path,
      got: `${bytes} bytes for ${rows} indices`,
      allowed: [`${this.#rowBytes} bytes for each`],
      remedy: "Append whole indices; say how many where they hold no elements.",
    });
  }

  #full(rows: number): SluiceError {
    return new SluiceError({
      reason: "HDF5_DATASET_FULL",
      message: "More was appended than the dataset can hold.",
      field: this.path,
      got: `${rows} indices of axis 0`,
      allowed: [`at most ${this.#mostRows}`],
      remedy: "Create the dataset with this length, or with a maximum of null so that it grows.",
      grpcCode: Code.OUT_OF_RANGE,
    });
  }

  #invalidChunk({ offset, shape }: Box, bytes: number): SluiceError {
    return new SluiceError({
      reason: "HDF5_CHUNK_INVALID",
      message: "The box is no chunk of the dataset.",
      field: this.path,
      got: `offset [${offset.join(", ")}], shape [${shape.join(", ")}], ${bytes} bytes`,
      allowed: [`cells of [${this.#plan.chunk.join(", ")}] cut at the edges, of numbers or fixed text`],
      remedy: "Write whole cells of the grid of a dataset with chunks.",
      grpcCode: Code.OUT_OF_RANGE,
    });
  }
}

function storageOf(file: OpenFile, path: string, plan: DatasetPlan): Storage {
  const { shape, element, fill, chunk } = plan;
  if (plan.storage === "chunked") {
    const grid = new ChunkGrid(shape ?? [], chunk, element.itemBytes, fill);
    return new ChunkedStorage(
      file,
      path,
      element,
      grid,
      new ChunkFilter(element.itemBytes, plan.shuffle, plan.deflate),
    );
  }
  const totalBytes = shape === null ? 0 : elementCount(shape) * element.itemBytes;
  if (plan.storage === "contiguous" && isPlain(element)) return new ContiguousStorage(file, path, totalBytes);
  return new HeldStorage(file, plan.storage, element, totalBytes, fill);
}
