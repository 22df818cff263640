import { type ArtifactWriter, Code, SluiceError } from "@sluice/core";
import { DatasetWriter } from "./dataset-writer.ts";
import { encodingOf } from "./encoding.ts";
import { layOut } from "./file-layout.ts";
import { GroupWriter } from "./group-writer.ts";
import type { ObjectWriter } from "./object-writer.ts";
import { OpenFile } from "./open-file.ts";

/** How a file is written. */
export interface Hdf5WriterOptions {
  /**
   * Makes a checkpoint whenever so many bytes of elements and what describes them have come since the last one; it waits
   * longer where the descriptions that checkpoints leave behind would take more than a twentieth of the file, and until
   * a dataset in one piece is complete. Default: no checkpoints.
   */
  readonly checkpointBytes?: number | undefined;
}

/** Part of the file that automatic checkpoints may waste. */
const wastePart = 0.05;

/**
 * Writes an HDF5 file that every HDF5 since 1.8 reads (superblock 0; HDF5 File Format Specification, version 3).
 *
 * Elements are appended to the artifact as they come; all metadata follow when the file is closed, and the first bytes
 * are written last: a file that was neither closed nor had a checkpoint is no HDF5 file. Memory: chunks in flight, rows
 * of chunks that are not complete, the metadata, and some 21 bytes for each chunk. The file depends on the calls alone,
 * not on timing.
 */
export class Hdf5Writer {
  readonly root: GroupWriter;
  readonly #file: OpenFile<ObjectWriter>;
  readonly #writer: ArtifactWriter;
  /** Where the last checkpoint ended, and bytes of all of them that the next one makes useless. */
  #checkpointEnd = 0;
  #wastedBytes = 0;

  /**
   * @param writer of an artifact without a byte; its head is rewritten
   * @throws SluiceError CHECKPOINT_UNSUPPORTED when checkpoints are asked for and the writer has none
   */
  constructor(writer: ArtifactWriter, { checkpointBytes }: Hdf5WriterOptions = {}) {
    this.#writer = writer;
    this.#file = new OpenFile(writer);
    this.root = new GroupWriter(this.#file, "/");
    if (checkpointBytes === undefined) return;
    if (!writer.checkpoint) throw unsupported();
    this.#file.stored = () => this.#checkpointIfDue(checkpointBytes);
  }

  /** Writes what was appended; what is not a whole chunk yet waits. Arrays that were appended may change afterwards. */
  async flush(): Promise<void> {
    this.#file.requireOpen("/");
    await this.#file.inTurn(async () => {
      await this.#file.queue.drain();
      await this.#file.tail.flush();
    });
  }

  /**
   * Makes what was appended and made so far a complete file, durably, to which more can be added: when the process is
   * killed later, the file is there up to here. Rows that are no whole chunk yet are included. Each checkpoint leaves
   * the metadata behind that the next one writes anew: for a stack some 50 bytes a chunk.
   *
   * @throws SluiceError CHECKPOINT_UNSUPPORTED where the bytes of the artifact cannot be replaced before its end;
   * HDF5_DATASET_INCOMPLETE when a dataset in one piece is not full, which leaves the file as it was
   */
  async checkpoint(): Promise<void> {
    this.#file.requireOpen("/");
    if (!this.#writer.checkpoint) throw unsupported();
    await this.#file.inTurn(() => this.#checkpoint());
  }

  /**
   * Completes the file and closes the artifact; nothing can be added to it from the call on.
   *
   * @param formatVersion what the report of the artifact names, beside what became of the chunks
   */
  async close(formatVersion = "HDF5 1.8"): Promise<void> {
    this.#file.requireOpen("/");
    this.#file.end();
    const head = await this.#file.inTurn(() => layOut(this.#file, this.root, true));
    await this.#writer.rewriteHead(head);
    const datasets = this.#file.objects.filter((object) => object instanceof DatasetWriter);
    const encoding = encodingOf(datasets.flatMap(({ chunkCounts }) => chunkCounts ?? []));
    await this.#writer.close({ formatVersion, encoding });
  }

  async #checkpoint(): Promise<void> {
    await this.#file.queue.drain();
    const start = this.#file.tail.position;
    const head = await layOut(this.#file, this.root, false);
    await this.#writer.checkpoint?.(head);
    this.#checkpointEnd = this.#file.tail.position;
    this.#wastedBytes += this.#checkpointEnd - start;
  }

  async #checkpointIfDue(checkpointBytes: number): Promise<void> {
    const { position } = this.#file.tail;
    if (position - this.#checkpointEnd < checkpointBytes || this.#wastedBytes > wastePart * position) return;
    if (this.#file.objects.every((object) => object.complete)) await this.#checkpoint();
  }
}

function unsupported(): SluiceError {
  return new SluiceError({
    reason: "CHECKPOINT_UNSUPPORTED",
    message: "The artifact cannot be changed before its end, so a file cannot be complete on the way.",
    field: "/",
    remedy: "Write into a directory, or without checkpoints.",
    grpcCode: Code.FAILED_PRECONDITION,
  });
}
