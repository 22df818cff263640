import { ByteReader, expect } from "./byte-reader.ts";
import { type DatasetFacts, readDataset } from "./dataset.ts";
import { type DatatypeFacts, readDatatype } from "./datatype.ts";
import { Extents } from "./extents.ts";
import { HeapCollections } from "./global-heap.ts";
import { readGroup, type TablePlace, type Widths } from "./group.ts";
import { type MessageFacts, readDataspace, readHeader } from "./header.ts";

/** What a file holds, by absolute path. */
export interface FileFacts {
  readonly groups: readonly string[];
  readonly datasets: ReadonlyMap<string, DatasetFacts>;
  readonly softLinks: ReadonlyMap<string, string>;
  /** Texts of any length and their places: attributes as "/path@name". */
  readonly texts: ReadonlyMap<string, readonly (string | undefined)[]>;
}

/**
 * Reads a file from its superblock to its last byte by the specification alone and throws what is wrong with it. It
 * knows the structures that Sluice writes, and holds them to more than readers do: many a mistake is read by them as
 * other values without a complaint. It shares no code with our own reader, which forgives what the library forgives and
 * would forgive a mistake of ours that both have in common.
 */
export function readStructure(file: Uint8Array): FileFacts {
  return new Structure(file, false).read();
}

/**
 * Reads a file as a killed writer leaves it: up to the end of its last checkpoint. Parts that nothing leads to any more
 * are no fault; all else is as for {@link readStructure}.
 */
export function readCheckpoint(file: Uint8Array): FileFacts {
  const end = new ByteReader(file, endOfFileAt).uint64();
  expect(end <= file.length, `a file of ${file.length} bytes ends at ${end}`);
  return new Structure(file.subarray(0, end), true).read();
}

/** Where the superblock keeps the end of the file. */
const endOfFileAt = 40;

class Structure {
  readonly #file: Uint8Array;
  readonly #waste: boolean;
  readonly #extents = new Extents();
  readonly #heap: HeapCollections;
  readonly #groups: string[] = [];
  readonly #datasets = new Map<string, DatasetFacts>();
  readonly #softLinks = new Map<string, string>();
  readonly #texts = new Map<string, (string | undefined)[]>();
  readonly #headers = new Set<number>();
  readonly #references: number[] = [];
  #widths: Widths = { leafK: 0, internalK: 0 };

  constructor(file: Uint8Array, waste: boolean) {
    this.#file = file;
    this.#waste = waste;
    this.#heap = new HeapCollections(file, this.#extents);
  }

  read(): FileFacts {
    const reader = new ByteReader(this.#file);
    expect(reader.ascii(8) === "\x89HDF\r\n\x1a\n", "no signature");
    reader.zeros(5);
    expect(reader.uint8() === 8 && reader.uint8() === 8 && reader.uint8() === 0, "lengths of other than 8 bytes");
    this.#widths = { leafK: reader.uint16(), internalK: reader.uint16() };
    reader.zeros(4 + 8);
    expect(reader.address() === undefined, "free space");
    const end = reader.uint64();
    expect(end === this.#file.length, `a file of ${this.#file.length} bytes ends at ${end}`);
    expect(reader.address() === undefined && reader.uint64() === 0, "a driver, or a name of the root");
    const header = reader.uint64();
    expect(reader.uint32() === 1 && reader.uint32() === 0, "a root that is no group");
    this.#extents.claim(0, 96, "the superblock");
    this.#readObject("/", header, { tree: reader.uint64(), heap: reader.uint64() });
    for (const address of this.#references) {
      expect(this.#headers.has(address), `a reference to ${address}, where no object is`);
    }
    this.#extents.check(this.#file, this.#waste);
    return { groups: this.#groups, datasets: this.#datasets, softLinks: this.#softLinks, texts: this.#texts };
  }

  #readObject(path: string, address: number, cached: TablePlace | undefined): void {
    expect(!this.#headers.has(address), `two links to the object at ${address}`);
    this.#headers.add(address);
    const messages = readHeader(this.#file, this.#extents, address);
    for (const { type, data } of messages) if (type === 0x000c) this.#readAttribute(path, data);
    const table = messages.find(({ type }) => type === 0x0011);
    if (table) return this.#readLinks(path, table, cached);
    expect(!cached, "a link that takes a dataset for a group");
    const texts: (string | undefined)[] = [];
    const onElements = (elements: Uint8Array, type: DatatypeFacts) => this.#readElements(elements, type, texts);
    this.#datasets.set(path, readDataset(this.#file, this.#extents, messages, onElements));
    if (texts.length > 0) this.#texts.set(path, texts);
  }

  #readLinks(path: string, { data }: MessageFacts, cached: TablePlace | undefined): void {
    const reader = new ByteReader(data);
    const [tree, heap] = [reader.uint64(), reader.uint64()];
    expect(cached?.tree === tree && cached.heap === heap, "a link that knows another symbol table");
    this.#groups.push(path);
    for (const { name, header, softPath, table } of readGroup(this.#file, this.#extents, this.#widths, tree, heap)) {
      const own = path === "/" ? `/${name}` : `${path}/${name}`;
      if (header === undefined) this.#softLinks.set(own, softPath ?? "");
      else this.#readObject(own, header, table);
    }
  }

  #readAttribute(path: string, message: Uint8Array): void {
    const reader = new ByteReader(message);
    const version = reader.uint8();
    expect(version === 1 || version === 3, `attribute version ${version}`);
    reader.zeros(1);
    const [nameBytes, typeBytes, spaceBytes] = [reader.uint16(), reader.uint16(), reader.uint16()];
    if (version === 3) expect(reader.uint8() === 1, "a name that is not UTF-8");
    const section = (bytes: number): Uint8Array => {
      const data = reader.bytes(bytes);
      if (version === 1) reader.zeros((8 - (bytes % 8)) % 8);
      return data;
    };
    const name = Buffer.from(section(nameBytes));
    expect(name.indexOf(0) === nameBytes - 1, "a name without its end");
    const typeReader = new ByteReader(section(typeBytes));
    const type = readDatatype(typeReader);
    expect(typeReader.at === typeBytes, `a datatype of ${typeReader.at} bytes in ${typeBytes}`);
    const space = readDataspace(new ByteReader(section(spaceBytes)));
    const elements = space ? space.shape.reduce((product, length) => product * length, 1) : 0;
    const texts: (string | undefined)[] = [];
    this.#readElements(reader.bytes(elements * type.bytes), type, texts);
    reader.zeros(message.length - reader.at);
    if (texts.length > 0) this.#texts.set(`${path}@${name.subarray(0, -1).toString()}`, texts);
  }

  #readElements(elements: Uint8Array, type: DatatypeFacts, texts: (string | undefined)[]): void {
    if (type.texts.length + type.references.length === 0) return;
    for (let start = 0; start < elements.length; start += type.bytes) {
      for (const offset of type.texts) texts.push(this.#heap.text(new ByteReader(elements, start + offset)));
      for (const offset of type.references) {
        const address = new ByteReader(elements, start + offset).uint64();
        if (address !== 0) this.#references.push(address);
      }
    }
  }
}
