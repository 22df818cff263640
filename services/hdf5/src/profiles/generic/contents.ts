import type { AssemblyItem, DatasetHeader, DataType } from "@sluice/core";
import type { DatasetWriter, GroupWriter } from "@sluice/hdf5";
import type { ArraySpec } from "@sluice/proto";
import type { Hdf5Options } from "../../options.ts";
import { ArrayWriter } from "./array-writer.ts";
import { describeArray, describeTable } from "./describe-array.ts";
import { groups } from "./layout.ts";
import { objectPaths } from "./object-path.ts";
import { RaggedWriter } from "./ragged-writer.ts";
import { rolesOf } from "./roles.ts";
import { storageOf } from "./storage.ts";
import { TableWriter } from "./table-writer.ts";

/** The arrays and tables of a file at work. */
export class Contents {
  readonly #roles: ReadonlyMap<string, readonly string[]>;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #dense = new Map<number, ArrayWriter>();
  readonly #ragged = new Map<number, RaggedWriter>();
  readonly #tables = new Map<number, TableWriter>();

  /** Makes the groups, and the datasets that grow. */
  constructor(root: GroupWriter, header: DatasetHeader, options: Hdf5Options) {
    this.#roles = rolesOf(header.dataset);
    this.#paths = objectPaths(header.arrays.map(({ name }) => name));
    const storage = storageOf(options);
    const arrays = root.requireGroup(groups.arrays);
    for (const array of header.arrays) {
      const path = this.#pathOf(array);
      if (array.ragged) {
        const group = arrays.createGroup(path);
        group.attributes.set("convention", "row i is values[offsets[i]:offsets[i + 1]]");
        describeArray(group.attributes, array, path, this.#rolesOf(array.name));
        this.#ragged.set(
          array.arrayId,
          new RaggedWriter(group, array.dataType as DataType, storage.filters, storage.holds),
        );
      } else {
        const describe = ({ attributes }: DatasetWriter) =>
          describeArray(attributes, array, path, this.#rolesOf(array.name));
        const writer = new ArrayWriter({ group: arrays, path, array, describe }, storage.filters, options.chunkShape);
        this.#dense.set(array.arrayId, writer);
      }
    }
    const tablePaths = objectPaths(header.tables.map(({ name }) => name));
    for (const table of header.tables) {
      const path = tablePaths.get(table.name) as string;
      const group = root.requireGroup(groups.tables).createGroup(path);
      describeTable(group.attributes, table, path, this.#rolesOf(table.name));
      const masks = () => root.requireGroup(`${groups.nulls}/${path}`);
      this.#tables.set(table.tableId, new TableWriter(group, masks, table, storage.filters, storage.holds));
    }
  }

  /** The cells in which an array is to come; undefined for ragged arrays. */
  gridOf(array: ArraySpec): readonly number[] | undefined {
    return this.#dense.get(array.arrayId)?.grid;
  }

  async take(item: AssemblyItem): Promise<void> {
    switch (item.kind) {
      case "block":
        return this.#dense.get(item.block.array.arrayId)?.write(item.block);
      case "ragged":
        return this.#ragged.get(item.array.arrayId)?.write(item.chunk);
      case "batch":
        return this.#tables.get(item.table.tableId)?.write(item.batch);
      case "end":
        await this.#ragged.get(item.array.arrayId)?.end();
        return this.#dense.get(item.array.arrayId)?.end(item.shape);
    }
  }

  /** Tables have no end of their own. */
  async endTables(): Promise<void> {
    for (const table of this.#tables.values()) await table.end();
  }

  #pathOf({ name }: ArraySpec): string {
    return this.#paths.get(name) as string;
  }

  #rolesOf(name: string): readonly string[] {
    return this.#roles.get(name) ?? [];
  }
}
