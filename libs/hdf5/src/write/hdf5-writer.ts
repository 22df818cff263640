import type { ArtifactDetails, ArtifactWriter } from "@sluice/core";
import { layOut } from "./file-layout.ts";
import { GroupWriter } from "./group-writer.ts";
import type { ObjectWriter } from "./object-writer.ts";
import { OpenFile } from "./open-file.ts";

/**
 * Writes an HDF5 file that every HDF5 since 1.8 reads (superblock 0; HDF5 File Format Specification, version 3).
 *
 * Elements are appended to the artifact as they come; all metadata follow when the file is closed, and the first bytes
 * are written last: a file that was not closed is no HDF5 file. Memory: chunks in flight, rows of chunks that are not
 * complete, the metadata, and some 21 bytes for each chunk. The file depends on the calls alone, not on timing.
 */
export class Hdf5Writer {
  readonly root: GroupWriter;
  readonly #file: OpenFile<ObjectWriter>;
  readonly #writer: ArtifactWriter;

  /** @param writer of an artifact without a byte; its head is rewritten */
  constructor(writer: ArtifactWriter) {
    this.#writer = writer;
    this.#file = new OpenFile(writer);
    this.root = new GroupWriter(this.#file, "/");
  }

  /** Writes what was appended; what is not a whole chunk yet waits. Arrays that were appended may change afterwards. */
  async flush(): Promise<void> {
    this.#file.requireOpen("/");
    await this.#file.inTurn(async () => {
      await this.#file.queue.drain();
      await this.#file.tail.flush();
    });
  }

  /** Completes the file and closes the artifact; nothing can be added to it from the call on. */
  async close(details?: ArtifactDetails): Promise<void> {
    this.#file.requireOpen("/");
    this.#file.end();
    const head = await this.#file.inTurn(() => layOut(this.#file, this.root));
    await this.#writer.rewriteHead(head);
    await this.#writer.close(details);
  }
}
