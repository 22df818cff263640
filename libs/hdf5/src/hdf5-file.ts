import { basename } from "node:path";
import {
  asBytes,
  asElements,
  type Box,
  boxContains,
  Code,
  countElements,
  type DataType,
  itemSize,
  SluiceError,
  type TypedArrays,
  wholeBox,
} from "@sluice/core";
import type * as h5wasm from "h5wasm/node";
import { type AttributeValue, attributeValue } from "./attribute.ts";
import { elementType, isText } from "./element-type.ts";
import { attempt } from "./hdf5-error.ts";

/** Larger boxes come from damaged headers; the heap of h5wasm ends at 2 GiB. */
const maximumReadBytes = 512 * 1024 * 1024;

/** What groups and datasets share: a path inside the file and attributes. */
class Hdf5Object<T extends h5wasm.Group | h5wasm.Dataset> {
  protected readonly file: string;
  protected readonly object: T;

  constructor(file: string, object: T) {
    this.file = file;
    this.object = object;
  }

  /** Absolute path inside the file. */
  get path(): string {
    return this.object.path;
  }

  /** Attributes by name; references, compounds, floats of 16 bits and empty ones are left out. */
  attributes(): Map<string, AttributeValue> {
    return attempt(this.file, this.path, "read the attributes", () => {
      const found = new Map<string, AttributeValue>();
      for (const [name, attribute] of Object.entries(this.object.attrs)) {
        const value = attributeValue(attribute);
        if (value !== undefined) found.set(name, value);
      }
      return found;
    });
  }
}

/** A group of an open file. */
export class Hdf5Group extends Hdf5Object<h5wasm.Group> {
  /** Names of the members. */
  keys(): string[] {
    return attempt(this.file, this.path, "list the group", () => this.object.keys());
  }

  /** The group of that name or path below this one, or HDF5_OBJECT_MISSING. */
  group(name: string): Hdf5Group {
    const found = this.#member(name);
    if (isGroup(found)) return new Hdf5Group(this.file, found);
    throw this.#missing(name, "group");
  }

  /** The dataset of that name or path below this one, or HDF5_OBJECT_MISSING. */
  dataset(name: string): Hdf5Dataset {
    const found = this.#member(name);
    if (isDataset(found)) return new Hdf5Dataset(this.file, found);
    throw this.#missing(name, "dataset");
  }

  /** What is found under a name; links that lead nowhere or out of the file are nothing. */
  kindOf(name: string): "group" | "dataset" | undefined {
    const found = this.#member(name);
    if (isGroup(found)) return "group";
    return isDataset(found) ? "dataset" : undefined;
  }

  #member(name: string): h5wasm.Entity | null {
    return attempt(this.file, `${this.path}/${name}`, "find the object", () => this.object.get(name));
  }

  #missing(name: string, kind: string): SluiceError {
    return new SluiceError({
      reason: "HDF5_OBJECT_MISSING",
      message: `The file has no ${kind} of this name.`,
      field: `${this.file}:${this.path}`,
      got: JSON.stringify(name),
      allowed: this.keys(),
      remedy: "Check that the file is of the format that it is read as.",
      grpcCode: Code.NOT_FOUND,
    });
  }
}

/** A dataset of an open file. */
export class Hdf5Dataset extends Hdf5Object<h5wasm.Dataset> {
  /** Lengths of the axes; empty for a scalar, and for a dataset that holds nothing. */
  get shape(): readonly number[] {
    return attempt(this.file, this.path, "read the shape", () => this.object.shape ?? []);
  }

  /** Data type of the elements; undefined for those that `read` cannot give. */
  get dataType(): DataType | undefined {
    return attempt(this.file, this.path, "read the data type", () => elementType(this.object.metadata));
  }

  /**
   * Elements of a box, or of the whole dataset, in C order and little endian.
   *
   * @throws SluiceError HDF5_TYPE_UNSUPPORTED, HDF5_BOX_INVALID, HDF5_READ_FAILED
   */
  read(box?: Box): TypedArrays[DataType] {
    const { dataType, shape } = this;
    if (dataType === undefined) {
      throw this.#unsupported("no numbers", ["integers of 8 to 64 bits", "floats of 32 and 64 bits", "booleans"]);
    }
    const whole = wholeBox(shape);
    const wanted = box ?? whole;
    const count = countElements(wanted.shape);
    const sound = count !== undefined && countElements(wanted.offset) !== undefined;
    const ranks = wanted.offset.length === shape.length && wanted.shape.length === shape.length;
    if (!sound || !ranks || !boxContains(whole, wanted)) throw this.#invalidBox(wanted);
    if (count * itemSize[dataType] > maximumReadBytes) throw this.#invalidBox(wanted);
    if (count === 0) return asElements(dataType, new Uint8Array(0));
    return attempt(this.file, this.path, "read the values", () => {
      if (shape.length === 0) return scalarElements(dataType, this.object.value as number | bigint);
      const slice = wanted.shape.map((length, axis): [number, number] => {
        const start = wanted.offset[axis] as number;
        return [start, start + length];
      });
      return asElements(dataType, asBytes(this.object.slice(slice) as ArrayBufferView));
    });
  }

  /**
   * All elements of a dataset of text, in C order; fixed text without what pads it.
   *
   * @throws SluiceError HDF5_TYPE_UNSUPPORTED, HDF5_READ_FAILED
   */
  readText(): string[] {
    if (!attempt(this.file, this.path, "read the data type", () => isText(this.object.metadata))) {
      throw this.#unsupported("no text", ["text"]);
    }
    return attempt(this.file, this.path, "read the values", () => {
      const value = countElements(this.shape) === 0 ? [] : this.object.value;
      return Array.isArray(value) ? (value as string[]) : value === null ? [] : [value as string];
    });
  }

  #unsupported(what: string, allowed: string[]): SluiceError {
    return new SluiceError({
      reason: "HDF5_TYPE_UNSUPPORTED",
      message: `The dataset holds elements that are ${what}.`,
      field: `${this.file}:${this.path}`,
      got: JSON.stringify(this.object.dtype),
      allowed,
      remedy: "Check that the file is of the format that it is read as.",
      grpcCode: Code.UNIMPLEMENTED,
    });
  }

  #invalidBox({ offset, shape }: Box): SluiceError {
    return new SluiceError({
      reason: "HDF5_BOX_INVALID",
      message: "The box is not inside the dataset, or too large to be read at once.",
      field: `${this.file}:${this.path}`,
      got: `offset [${offset.join(", ")}], shape [${shape.join(", ")}]`,
      allowed: [`a box inside [${this.shape.join(", ")}] of at most ${maximumReadBytes} bytes`],
      remedy: "Read a box of the dataset's rank and inside its shape, in parts if it is large.",
      grpcCode: Code.OUT_OF_RANGE,
    });
  }
}

/** An open file: its root group, to be closed when done. */
export class Hdf5File extends Hdf5Group {
  readonly #handle: h5wasm.File;

  constructor(name: string, handle: h5wasm.File) {
    super(name, handle);
    this.#handle = handle;
  }

  close(): void {
    attempt(this.file, "/", "close the file", () => this.#handle.close());
  }
}

/** Opens a file for reading from disk; nothing but what is asked for is ever in memory. */
export async function openHdf5(path: string): Promise<Hdf5File> {
  // The library is 4 MB of WebAssembly: loaded with the first file, not with the program.
  const { File, ready } = await import("h5wasm/node");
  const library = await ready;
  // Without it h5wasm gives back zeros and stale memory where HDF5 reports an error.
  library.activate_throwing_error_handler();
  const name = basename(path);
  return new Hdf5File(
    name,
    attempt(name, "/", "open the file", () => new File(path, "r")),
  );
}

/** Opens a file, and closes it however `work` ends. */
export async function withHdf5<T>(path: string, work: (file: Hdf5File) => Promise<T> | T): Promise<T> {
  const file = await openHdf5(path);
  try {
    return await work(file);
  } finally {
    file.close();
  }
}

function isGroup(found: h5wasm.Entity | null): found is h5wasm.Group {
  return found !== null && "type" in found && found.type === "Group";
}

function isDataset(found: h5wasm.Entity | null): found is h5wasm.Dataset {
  return found !== null && "type" in found && found.type === "Dataset";
}

/** h5wasm gives a scalar as a number. */
function scalarElements(dataType: DataType, value: number | bigint): TypedArrays[DataType] {
  const elements = asElements(dataType, new Uint8Array(itemSize[dataType]));
  (elements as { [index: number]: number | bigint })[0] = value;
  return elements;
}
