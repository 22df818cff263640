import type { DatasetWriter, GroupWriter } from "@sluice/hdf5";

/** Rows of one chunk; each is 16 bytes that point at the text. */
const rowsPerChunk = 256;

/** A dataset of texts of any length, their number not known. */
export class TextWriter {
  readonly #dataset: DatasetWriter;

  constructor(group: GroupWriter, name: string) {
    this.#dataset = group.createDataset(name, { type: "text", shape: [0], maxShape: [null], chunks: [rowsPerChunk] });
  }

  append(texts: readonly string[]): Promise<void> {
    return this.#dataset.append(texts);
  }

  async end(): Promise<DatasetWriter> {
    return this.#dataset;
  }
}
