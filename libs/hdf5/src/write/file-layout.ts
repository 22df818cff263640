import type { Addresses } from "./addresses.ts";
import { Annex, align } from "./appender.ts";
import type { Attribute } from "./attribute-set.ts";
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
 * @param last false at a checkpoint, when more elements and objects are to follow
 * @returns the superblock, which is to replace the first bytes of the file
 */
export async function layOut(file: OpenFile<ObjectWriter>, root: ObjectWriter, last: boolean): Promise<Uint8Array> {
  const present = file.objects.filter((object) => object instanceof DatasetWriter);
  for (const { storage } of present) storage.requireComplete();
  for (const { storage } of present) await (last ? storage.finish() : storage.pause());
  await file.queue.drain();
  for (const { storage } of present) {
    storage.settle(file.tail);
    await file.tail.flushIfMuch();
  }
  // At a checkpoint attributes may be set while this waits: their texts have to have their places, too.
  do await file.placeTexts();
  while (file.heap.waitingBytes > 0);
  const frozen = file.objects.map(freeze);
  const plan = new MetadataPlan(frozen, align(file.tail));
  const addresses: Addresses = {
    collection: (number) => file.heap.addressOf(number),
    object: (number) => plan.placeOf(number).header,
  };
  const annex = new Annex(plan.end);
  for (const { object } of frozen) {
    if (object instanceof DatasetWriter) await object.storage.place(annex, addresses);
  }

  for (const { object, attributes } of frozen) {
    const { header, table } = plan.placeOf(object.objectNumber);
    expectAt(file, header);
    file.tail.append(objectHeader(object.messages(attributes, addresses, table)));
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

/** An object with the attributes and links that it had at one moment. */
interface FrozenObject {
  readonly object: ObjectWriter;
  readonly attributes: readonly Attribute[];
  readonly table: SymbolTable | undefined;
}

function freeze(object: ObjectWriter): FrozenObject {
  const table = object instanceof GroupWriter ? object.symbolTable() : undefined;
  return { object, attributes: object.attributes.all(), table };
}

/** Addresses of all headers and symbol tables, from their lengths alone. */
class MetadataPlan {
  readonly widths: GroupWidths;
  /** Symbol tables by their addresses. */
  readonly tables: readonly (readonly [start: number, table: SymbolTable])[];
  /** The address behind all. */
  readonly end: number;
  readonly #places: readonly ObjectPlace[];

  constructor(objects: readonly FrozenObject[], start: number) {
    const present = objects.map(({ table }) => table).filter((table) => table !== undefined);
    this.widths = bestWidths(present);
    let at = start;
    const headers = objects.map(({ object, attributes }) => {
      const header = at;
      at += object.headerBytes(attributes);
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
      if (!objects[number]?.table) return { header };
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
