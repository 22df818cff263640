import { asBytes, type DataType } from "@sluice/core";
import type { GroupWriter, StorageOptions } from "@sluice/hdf5";
import type { RaggedChunk } from "@sluice/proto";
import { raggedParts } from "./layout.ts";
import { SeriesWriter } from "./series-writer.ts";

/** A ragged array: all rows end to end, and where each begins. `offsets` has one element more than there are rows. */
export class RaggedWriter {
  readonly #values: SeriesWriter;
  readonly #offsets: SeriesWriter;
  /** Elements so far: the end of the last row begun, which may go on in the next chunk. */
  #end = 0;

  /** @param holds false: the datasets are there from the start, for checkpoints */
  constructor(group: GroupWriter, dataType: DataType, filters: StorageOptions, holds = true) {
    this.#values = new SeriesWriter(group, raggedParts.values, dataType, filters, holds);
    this.#offsets = new SeriesWriter(group, raggedParts.offsets, "uint64", filters, holds);
  }

  async write({ rowLengths, elementOffset, data }: RaggedChunk): Promise<void> {
    const starts: bigint[] = [];
    for (const [index, length] of rowLengths.entries()) {
      if (index > 0 || elementOffset === 0) starts.push(BigInt(this.#end));
      this.#end += length;
    }
    await this.#offsets.append(asBytes(BigUint64Array.from(starts)));
    await this.#values.append(data);
  }

  async end(): Promise<void> {
    await this.#offsets.append(asBytes(BigUint64Array.of(BigInt(this.#end))));
    await this.#offsets.end();
    await this.#values.end();
  }
}
