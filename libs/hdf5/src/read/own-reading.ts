import { type Box, countElements } from "@sluice/core";
import type { Metadata } from "h5wasm/node";
import type { Hdf5Child } from "./child.ts";
import type { DatasetFilter } from "./filters.ts";
import type { RawElements } from "./pointers.ts";
import type { FileAttribute } from "./structure/attribute.ts";
import type { Dataspace } from "./structure/dataspace.ts";
import type { FileType } from "./structure/datatype.ts";
import { ElementReader } from "./structure/elements.ts";
import type { FileDataset } from "./structure/file-dataset.ts";
import { readFileElements } from "./structure/file-elements.ts";
import { type FileObject, FileObjects } from "./structure/file-objects.ts";
import { GlobalHeap } from "./structure/global-heap.ts";
import type { FileLink } from "./structure/link.ts";
import { ObjectPaths } from "./structure/object-paths.ts";
import { Pages } from "./structure/pages.ts";
import { StorageError, StoredFile } from "./structure/stored-file.ts";
import { readSuperblock } from "./structure/superblock.ts";

/** Soft links that are followed on the way to what a path leads to, and by HDF5 itself on the way to what it opens. */
const mostLinks = 64;
const mostLinksOpened = 16;

/**
 * Reads a file by the specification alone, and gives the answers that the library's thread gives (`library-program.ts`).
 * Whatever it does not know, and whatever is damaged, is a StorageError: the library then answers.
 */
export class OwnReading {
  readonly #file: StoredFile;
  readonly #pages: Pages;
  readonly #objects: FileObjects;
  readonly #elements: ElementReader;
  readonly #signal: AbortSignal | undefined;

  static async open(path: string, signal: AbortSignal | undefined): Promise<OwnReading> {
    const file = await StoredFile.open(path);
    try {
      const superblock = await readSuperblock(file);
      const pages = new Pages(file, superblock.end);
      return new OwnReading(file, pages, await FileObjects.open(pages, superblock), signal);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  private constructor(file: StoredFile, pages: Pages, objects: FileObjects, signal: AbortSignal | undefined) {
    this.#file = file;
    this.#pages = pages;
    this.#objects = objects;
    this.#signal = signal;
    const paths = new ObjectPaths(objects);
    this.#elements = new ElementReader(new GlobalHeap(pages), (address) => paths.path(address));
  }

  /** Bytes of the file. */
  get bytes(): number {
    return this.#file.bytes;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Answers a call of the library's program. */
  async answer(call: string, path: string, parts: Readonly<Record<string, unknown>>): Promise<unknown> {
    switch (call) {
      case "kind":
        return (await this.#objects.find(path, mostLinks))?.kind;
      case "children":
        return await this.#children(path);
      case "address":
        return (await this.#at(path)).address;
      case "attributes":
        return [...(await this.#at(path)).attributes.values()].map(({ name, type, space }) => ({
          name,
          metadata: metadataOf(type, space, null),
        }));
      case "attributeValues":
        return await this.#attributeValues(path, (parts as { wanted: readonly { name: string }[] }).wanted);
      case "dataset":
        return await this.#dataset(path);
      case "read":
        return await this.#read(path, parts as unknown as Box);
      default:
        throw new StorageError(`the call ${call}`);
    }
  }

  async #at(path: string): Promise<FileObject> {
    const object = await this.#objects.find(path, mostLinksOpened);
    if (object) return object;
    throw new StorageError(`nothing at ${path}`);
  }

  async #datasetAt(path: string): Promise<FileDataset> {
    const { dataset } = await this.#at(path);
    if (dataset) return dataset;
    throw new StorageError(`no dataset at ${path}`);
  }

  async #children(path: string): Promise<Hdf5Child[]> {
    const group = await this.#at(path);
    if (group.kind !== "group") throw new StorageError(`no group at ${path}`);
    const children: Hdf5Child[] = [];
    for (const [name, link] of await this.#objects.links(group)) children.push(await this.#child(path, name, link));
    return children;
  }

  async #child(path: string, name: string, link: FileLink): Promise<Hdf5Child> {
    if (link.kind === "hard") return { name, kind: (await this.#objects.at(link.address)).kind };
    if (link.kind === "external") return { name, kind: "external-link", target: link.target };
    const leadsTo = (await this.#objects.find(`${path}/${name}`, mostLinks))?.kind;
    return { name, kind: "soft-link", target: link.target, ...(leadsTo && { leadsTo }) };
  }

  async #attributeValues(path: string, wanted: readonly { name: string }[]): Promise<{ value: RawElements }[]> {
    const { attributes } = await this.#at(path);
    const values: { value: RawElements }[] = [];
    for (const { name } of wanted) {
      const { type, data } = attributes.get(name) as FileAttribute;
      values.push({ value: await this.#elements.read(type, data) });
    }
    return values;
  }

  async #dataset(path: string): Promise<{ metadata: Metadata; filters: readonly DatasetFilter[] }> {
    const { type, space, layout, filters } = await this.#datasetAt(path);
    return { metadata: metadataOf(type, space, layout.kind === "chunked" ? layout.chunk : null), filters };
  }

  async #read(path: string, { offset, shape }: Box): Promise<RawElements> {
    const dataset = await this.#datasetAt(path);
    const data = await readFileElements(this.#pages, dataset, { offset, shape }, this.#signal);
    const { bytes, ...rest } = await this.#elements.read(dataset.type, data);
    return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), ...rest };
  }
}

/** What h5wasm tells of a dataset or an attribute; a length without limit is 2^64. */
function metadataOf(
  { metadata }: FileType,
  { shape, maxShape }: Dataspace,
  chunks: readonly number[] | null,
): Metadata {
  const maxshape = maxShape?.map((length) => length ?? 2 ** 64) ?? null;
  return { ...metadata, shape, maxshape, chunks, total_size: countElements(shape ?? [0]) } as unknown as Metadata;
}
