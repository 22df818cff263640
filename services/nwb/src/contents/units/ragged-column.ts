import { asBytes, asElements } from "@sluice/core";
import type { Filters, GroupWriter } from "@sluice/hdf5";
import type { ArraySpec, RaggedChunk } from "@sluice/proto";
import type { ColumnDescription, DynamicTable } from "../../tables/dynamic-table.ts";
import { GrowingDataset } from "../../tables/growing-dataset.ts";

/** A column of lists, one for each unit: the elements end to end, and where each list ends. */
export class RaggedColumn {
  readonly #name: string;
  readonly #values: GrowingDataset;
  readonly #ends: GrowingDataset;
  #rows = 0;

  constructor(group: GroupWriter, name: string, filters: Filters) {
    this.#name = name;
    this.#values = new GrowingDataset(group, name, "float64", filters);
    this.#ends = new GrowingDataset(group, `${name}_index`, "uint64", filters);
  }

  /** Lists so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Takes the next elements: lists may come in parts. */
  async take({ dataType }: ArraySpec, chunk: RaggedChunk): Promise<void> {
    const before = this.#values.length;
    const elements = asElements(dataType as "float64" | "float32", chunk.data);
    await this.#values.append(
      elements instanceof Float64Array ? asBytes(elements) : asBytes(Float64Array.from(elements)),
    );
    const ends: bigint[] = [];
    let end = before;
    for (const [index, length] of chunk.rowLengths.entries()) {
      // A list that begins ends the one before it.
      const begins = index > 0 || chunk.elementOffset === 0;
      if (begins && this.#rows++ > 0) ends.push(BigInt(end));
      end += length;
    }
    if (ends.length > 0) await this.#ends.append(asBytes(BigUint64Array.from(ends)));
  }

  /** Completes the column. */
  async end(table: DynamicTable, description: Omit<ColumnDescription, "type">): Promise<void> {
    const { length } = this.#values;
    if (this.#rows > 0) await this.#ends.append(asBytes(BigUint64Array.of(BigInt(length))));
    const values = await this.#values.end();
    table.adopt(this.#name, values, { ...description, type: "float64" });
    table.adoptIndex(values, await this.#ends.end(), "uint64", length);
  }
}
