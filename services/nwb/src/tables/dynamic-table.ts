import type { DatasetWriter, GroupWriter, Hdf5Data, Hdf5Type } from "@sluice/hdf5";
import type { Attributes, NwbFile } from "../model/nwb-file.ts";

/** What a column is. */
export interface ColumnDescription {
  readonly type: Hdf5Type;
  readonly description: string;
  readonly shape?: readonly number[];
  readonly neurodataType?: string;
  readonly attributes?: Attributes;
}

/** A table of NWB: one dataset for each column, and the names of the columns in order. */
export class DynamicTable {
  readonly group: GroupWriter;
  readonly #file: NwbFile;
  readonly #path: string;
  readonly #type: string;
  readonly #description: string;
  readonly #names: string[] = [];

  constructor(file: NwbFile, path: string, neurodataType: string, description: string) {
    this.#file = file;
    this.#path = path;
    this.#type = neurodataType;
    this.#description = description;
    this.group = file.writer.root.requireGroup(path);
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** One value for each row. */
  async column(name: string, data: Hdf5Data, column: ColumnDescription): Promise<DatasetWriter> {
    const { description, attributes, neurodataType = "VectorData", ...options } = column;
    this.#names.push(name);
    return this.#file.dataset(`${this.#path}/${name}`, data, {
      ...options,
      neurodataType,
      attributes: { description, ...attributes },
    });
  }

  /** A column that was written elsewhere, into this group. */
  adopt(name: string, dataset: DatasetWriter, column: Omit<ColumnDescription, "shape">): void {
    const { type, description, attributes, neurodataType = "VectorData" } = column;
    this.#names.push(name);
    this.#file.describeDataset(dataset, type, neurodataType, { description, ...attributes });
  }

  /** A column that was written and described elsewhere. */
  adoptName(name: string): void {
    this.#names.push(name);
  }

  /**
   * Writes the index of a column of lists.
   *
   * @param ends elements of the column before the end of the list of each row
   */
  async index(column: DatasetWriter, ends: BigUint64Array): Promise<void> {
    const index = await this.group.writeDataset(`${nameOf(column)}_index`, ends, { type: "uint64" });
    this.adoptIndex(column, index, "uint64", Number(ends.at(-1) ?? 0n));
  }

  /**
   * The index of a column of lists: where the list of each row ends.
   *
   * @param length elements of the column
   */
  adoptIndex(column: DatasetWriter, index: DatasetWriter, type: Hdf5Type, length: number): void {
    const description = `Index for VectorData '${nameOf(column)}'`;
    this.#file.describeDataset(index, type, "VectorIndex", { description, target: column });
    this.#file.setLast(index, length);
  }

  /** Completes the table. */
  async end(ids: readonly (number | bigint)[]): Promise<void> {
    await this.#file.dataset(`${this.#path}/id`, ids, { type: "int64", neurodataType: "ElementIdentifiers" });
    const attributes = { description: this.#description, colnames: this.#names };
    this.#file.group(this.#path, this.#type, attributes);
  }
}

function nameOf({ path }: DatasetWriter): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
