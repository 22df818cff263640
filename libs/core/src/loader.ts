import type { RawOptions } from "./exporter.ts";
import type { DatasetStream } from "./stream.ts";

/** What a loader reads. */
export interface LoaderDescriptor {
  /** Name, e.g. "asd", "ome-tiff". */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** File name endings with their dot, lower case, e.g. ".ome.tif". */
  readonly extensions: readonly string[];
  /** JSON Schema of the options, with defaults; better a getter, for who only reads files needs none. */
  readonly optionSchema: Readonly<Record<string, unknown>>;
}

/**
 * Makes a dataset stream from a file, or from a folder where the format is one. `load` reads the header and closes the file again; iterating `frames` opens it,
 * and leaving the iteration, however it ends, closes it. Memory: a few frames.
 */
export interface Loader {
  readonly format: LoaderDescriptor;
  /** Options under which values come as they are stored, where it rounds them else: for who computes with them. */
  readonly exactOptions?: RawOptions;
  /** True when the file is of this format; `head` holds its first bytes (at most 4 KiB). */
  recognises(path: string, head: Uint8Array): boolean;
  /** True when a folder with files of these names is of this format; missing where the format is a file. */
  recognisesFolder?(files: readonly string[]): boolean;
  load(path: string, options: RawOptions, signal?: AbortSignal): Promise<DatasetStream>;
}
