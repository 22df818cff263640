import { type FileAttribute, readFileAttributes } from "./attribute.ts";
import { type FileDataset, readFileDataset } from "./file-dataset.ts";
import type { FileLink } from "./link.ts";
import { readLinks, requireGroup } from "./links.ts";
import { type HeaderMessage, messageType, onlyMessage, readHeader } from "./object-header.ts";
import type { Pages } from "./pages.ts";
import { StorageError } from "./stored-file.ts";
import type { Superblock } from "./superblock.ts";

/** An object of a file, all of whose header is understood. */
export interface FileObject {
  readonly address: number;
  readonly kind: "group" | "dataset" | "datatype";
  readonly attributes: ReadonlyMap<string, FileAttribute>;
  /** What makes it a dataset. */
  readonly dataset: FileDataset | undefined;
  readonly messages: readonly HeaderMessage[];
}

/** Bytes of objects and links that are kept, so that the parts of a path are not read again and again. */
const mostKeptBytes = 16 * 1024 * 1024;
/** About what an object or a link takes beside its messages or its name. */
const ownBytes = 200;

/** Groups, and what their links lead to. */
export class FileObjects {
  readonly #file: Pages;
  readonly #superblock: Superblock;
  readonly #objects = new Map<number, FileObject>();
  readonly #links = new Map<number, ReadonlyMap<string, FileLink>>();
  #keptBytes = 0;

  /** A StorageError where the root is no group, or another one than the superblock knows. */
  static async open(file: Pages, superblock: Superblock): Promise<FileObjects> {
    const objects = new FileObjects(file, superblock);
    const { kind, messages } = await objects.at(superblock.root);
    const { table } = superblock;
    const message = onlyMessage(messages, messageType.symbolTable);
    // What the superblock knows is old where the group has become one of another kind.
    const same = !table || !message || (message.count() === table.tree && message.count() === table.heap);
    if (kind === "group" && same) return objects;
    throw new StorageError("a root that is no group, or another one");
  }

  private constructor(file: Pages, superblock: Superblock) {
    this.#file = file;
    this.#superblock = superblock;
  }

  /** Address of the root group. */
  get root(): number {
    return this.#superblock.root;
  }

  /** The object whose header is at an address. */
  async at(address: number): Promise<FileObject> {
    const kept = this.#objects.get(address);
    if (kept) return kept;
    const messages = await readHeader(this.#file, address);
    const kind = kindOf(messages);
    if (kind === "group") requireGroup(messages);
    const dataset = kind === "dataset" ? readFileDataset(messages) : undefined;
    const object = { address, kind, attributes: readFileAttributes(messages), dataset, messages };
    this.#keep(messages.reduce((sum, { data }) => sum + ownBytes + data.length, ownBytes));
    this.#objects.set(address, object);
    return object;
  }

  /** The links of a group. */
  async links(group: FileObject): Promise<ReadonlyMap<string, FileLink>> {
    const kept = this.#links.get(group.address);
    if (kept) return kept;
    const links = await readLinks(this.#file, this.#superblock.widths, group.messages);
    let bytes = ownBytes;
    for (const [name, link] of links) bytes += ownBytes + name.length + (link.kind === "hard" ? 0 : link.target.length);
    this.#keep(bytes);
    this.#links.set(group.address, links);
    return links;
  }

  /** What a path leads to inside the file, so many soft links followed; undefined for nothing. */
  async find(path: string, mostLinks: number): Promise<FileObject | undefined> {
    let parts = path.split("/").filter(Boolean);
    let place = await this.at(this.root);
    for (let links = 0; parts.length > 0; ) {
      const name = parts.shift() as string;
      if (name === ".") throw new StorageError("a path with a dot");
      if (place.kind !== "group") return undefined;
      const link = (await this.links(place)).get(name);
      if (!link || link.kind === "external") return undefined;
      if (link.kind === "hard") {
        place = await this.at(link.address);
        continue;
      }
      links += 1;
      if (links > mostLinks) return undefined;
      if (link.target.startsWith("/")) place = await this.at(this.root);
      parts = [...link.target.split("/").filter((part) => part !== "" && part !== "."), ...parts];
    }
    return place;
  }

  #keep(bytes: number): void {
    this.#keptBytes += bytes;
    if (this.#keptBytes <= mostKeptBytes) return;
    this.#objects.clear();
    this.#links.clear();
    this.#keptBytes = bytes;
  }
}

function kindOf(messages: readonly HeaderMessage[]): FileObject["kind"] {
  const has = (type: number) => messages.some((message) => message.type === type);
  if (has(messageType.symbolTable) || has(messageType.linkInfo)) return "group";
  if (!has(messageType.datatype)) throw new StorageError("an object of no kind");
  return has(messageType.dataspace) ? "dataset" : "datatype";
}
