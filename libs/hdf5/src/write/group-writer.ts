import { SluiceError } from "@sluice/core";
import type { Addresses } from "./addresses.ts";
import { typeNeeded } from "./attribute-set.ts";
import { ByteWriter } from "./byte-writer.ts";
import { encodeData, type Hdf5Data, impliedType } from "./data.ts";
import { type DatasetOptions, planDataset, type StorageOptions } from "./dataset-plan.ts";
import { DatasetWriter } from "./dataset-writer.ts";
import { type Message, MessageType } from "./object-header.ts";
import { ObjectWriter } from "./object-writer.ts";
import { SymbolTable, type SymbolTablePlace } from "./symbol-table.ts";
import { checkLinkName, encodeText } from "./text.ts";
import { checkType, type Hdf5Type } from "./type.ts";

/** What describes data that are written at once; what is left out is as the data are. */
export interface DataOptions extends StorageOptions {
  readonly type?: Hdf5Type;
  readonly shape?: readonly number[];
}

/** A soft link: a path that leads somewhere, or nowhere yet. */
interface SoftLink {
  readonly softPath: string;
}

/** A group of a file that is being written. Names may be paths: groups on the way are made where they are missing. */
export class GroupWriter extends ObjectWriter {
  readonly #links = new Map<string, GroupWriter | DatasetWriter | SoftLink>();

  /** Names of the members, in the order in which they were made. */
  keys(): string[] {
    return [...this.#links.keys()];
  }

  /** Makes a group; HDF5_NAME_TAKEN when there is something of that name. */
  createGroup(path: string): GroupWriter {
    return this.#create(path, (parent, own) => new GroupWriter(parent.file, own));
  }

  /** The group of that path, made where it is missing; HDF5_NAME_TAKEN when there is something else. */
  requireGroup(path: string): GroupWriter {
    return path.split("/").reduce((group: GroupWriter, name) => group.#childGroup(name), this);
  }

  /** Makes a dataset, whose elements are to be appended. See {@link planDataset} for the errors. */
  createDataset(path: string, options: DatasetOptions): DatasetWriter {
    return this.#create(path, (parent, own) => {
      const plan = planDataset(options, { file: this.file, field: own });
      return new DatasetWriter(parent.file, own, plan);
    });
  }

  /**
   * Makes a dataset with all of its elements, scalar for one value.
   *
   * @param data bytes and arrays must stay unchanged until the file is flushed or closed
   * @throws SluiceError HDF5_TYPE_NEEDED when neither the options nor the data say which type it is; those of
   * `createDataset` and of `append`
   */
  async writeDataset(path: string, data: Hdf5Data, options: DataOptions = {}): Promise<DatasetWriter> {
    const field = joined(this.path, path);
    const type = options.type ?? impliedType(data);
    if (type === undefined) throw typeNeeded(field);
    checkType(type, field);
    const { shape, bytes } = encodeData(data, type, options.shape, { file: this.file, field });
    const dataset = this.createDataset(path, { ...options, type, shape });
    if (shape !== null) await dataset.appendEncoded(bytes, shape[0] ?? 1);
    return dataset;
  }

  /** Makes a link to a path, absolute or from this group on, whether there is something or not. */
  createSoftLink(path: string, target: string): void {
    this.#create(path, (_, own): SoftLink => {
      if (target !== "" && encodeText(target, own)) return { softPath: target };
      throw new SluiceError({ reason: "HDF5_NAME_INVALID", message: "A link leads to a path.", field: own });
    });
  }

  /** The links in the form of the file. */
  symbolTable(): SymbolTable {
    const links = Array.from(this.#links, ([name, target]) => ({
      name: Buffer.from(name),
      target: "softPath" in target ? { path: Buffer.from(target.softPath) } : { object: target.objectNumber },
    }));
    return new SymbolTable(links);
  }

  protected override structureLengths(): number[] {
    return [16];
  }

  protected override structureMessages(_: Addresses, table: SymbolTablePlace): Message[] {
    const data = new ByteWriter(16).address(table.tree).address(table.heap).finish();
    return [{ type: MessageType.symbolTable, data }];
  }

  #create<Made extends GroupWriter | DatasetWriter | SoftLink>(
    path: string,
    make: (parent: GroupWriter, path: string) => Made,
  ): Made {
    this.file.requireOpen(this.path);
    const slash = path.lastIndexOf("/");
    const parent = slash < 0 ? this : this.requireGroup(path.slice(0, slash));
    const name = path.slice(slash + 1);
    const own = joined(parent.path, name);
    checkLinkName(name, own);
    if (parent.#links.has(name)) throw taken(own);
    const made = make(parent, own);
    parent.#links.set(name, made);
    return made;
  }

  #childGroup(name: string): GroupWriter {
    const found = this.#links.get(name);
    if (found instanceof GroupWriter) return found;
    return this.#create(name, (parent, own) => new GroupWriter(parent.file, own));
  }
}

function joined(path: string, name: string): string {
  return path === "/" ? `/${name}` : `${path}/${name}`;
}

function taken(path: string): SluiceError {
  return new SluiceError({
    reason: "HDF5_NAME_TAKEN",
    message: "The group has a member of this name.",
    field: path,
    remedy: "Use another name.",
  });
}
