import type { Addresses } from "./addresses.ts";
import { Annex, align } from "./appender.ts";
import { DatasetWriter } from "./dataset-writer.ts";
import { GroupWriter } from "./group-writer.ts";
import { objectHeader } from "./object-header.ts";
import type { ObjectWriter } from "./object-writer.ts";
import type { OpenFile } from "./open-file.ts";
import { superblock } from "./superblock.ts";
import { bestWidths, type GroupWidths, type ObjectPlace, type SymbolTable } from "./symbol-table.ts";

/**
 * Lays out the metadata behind the elements: chunk indices, object headers, links, and then what refers to objects. No
 * length depends on an address, so all addresses are known before anything that holds one is encoded.
 *
 * @param root object number of the root group
 * @returns the superblock, which is to replace the first bytes of the file
 */
export async function layOut(file: OpenFile<ObjectWriter>, root: ObjectWriter): Promise<Uint8Array> {
  await file.placeTexts();
  const datasets = file.objects.filter((object) => object instanceof DatasetWriter);
  for (const { storage } of datasets) await storage.finish();
  await file.queue.drain();
  for (const { storage } of datasets) {
    storage.settle(file.tail);
    await file.tail.flushIfMuch();
  }
  const plan = new MetadataPlan(file.objects, align(file.tail));
  const addresses: Addresses = {
    collection: (number) => file.heap.addressOf(number),
    object: (number) => plan.placeOf(number).header,
  };
  const annex = new Annex(plan.end);
  for (const { storage } of datasets) await storage.place(annex, addresses);

  for (const object of file.objects) {
    const { header, table } = plan.placeOf(object.objectNumber);
    expectAt(file, header);
    file.tail.append(objectHeader(object.messages(addresses, table)));
    await file.tail.flushIfMuch();
  }
  for (const [start, table] of plan.tables) {
    expectAt(file, start);
    file.tail.append(table.encode(start, plan.widths, plan.placeOf));
    await file.tail.flushIfMuch();
  }
  expectAt(file, plan.end);
  for (const piece of annex.pieces) {
    file.tail.append(piece);
    await file.tail.flushIfMuch();
  }
  await file.tail.flush();
  return superblock(plan.widths, file.tail.position, plan.rootPlace(root.objectNumber));
}

/** Addresses of all headers and symbol tables, from their lengths alone. */
class MetadataPlan {
  readonly widths: GroupWidths;
  /** Symbol tables by their addresses. */
  readonly tables: readonly (readonly [start: number, table: SymbolTable])[];
  /** The address behind all. */
  readonly end: number;
  readonly #places: readonly ObjectPlace[];

  constructor(objects: readonly ObjectWriter[], start: number) {
    const tables = objects.map((object) => (object instanceof GroupWriter ? object.symbolTable() : undefined));
    const present = tables.filter((table) => table !== undefined);
    this.widths = bestWidths(present);
    let at = start;
    const headers = objects.map((object) => {
      const header = at;
      at += object.headerBytes();
      return header;
    });
    const starts = present.map((table): readonly [number, SymbolTable] => {
      const tableStart = at;
      at += table.bytes(this.widths);
      return [tableStart, table];
    });
    this.tables = starts;
    this.end = at;
    const groups = starts[Symbol.iterator]();
    this.#places = headers.map((header, number): ObjectPlace => {
      if (!tables[number]) return { header };
      const [tableStart, table] = groups.next().value as readonly [number, SymbolTable];
      return { header, table: table.place(tableStart, this.widths) };
    });
  }

  readonly placeOf = (number: number): ObjectPlace => this.#places[number] as ObjectPlace;

  rootPlace(number: number) {
    const { header, table } = this.placeOf(number);
    if (!table) throw new Error("The root of a file is a group.");
    return { header, table };
  }
}

/** A plan that does not hold would make a file that reads as something else. */
function expectAt({ tail }: OpenFile, planned: number): void {
  if (tail.position !== planned) throw new Error(`HDF5 layout: planned for ${planned}, but at ${tail.position}.`);
}
