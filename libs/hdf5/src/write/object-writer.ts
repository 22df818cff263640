import type { Addresses } from "./addresses.ts";
import { type Attribute, AttributeSet } from "./attribute-set.ts";
import { type Message, messageHeaderBytes, objectHeaderBytes } from "./object-header.ts";
import type { OpenFile } from "./open-file.ts";
import type { SymbolTablePlace } from "./symbol-table.ts";
import { Hdf5Target } from "./target.ts";

/** What groups and datasets of a file that is being written share: a path, attributes, and an object header. */
export abstract class ObjectWriter extends Hdf5Target {
  readonly file: OpenFile<ObjectWriter>;
  readonly path: string;
  readonly objectNumber: number;
  readonly attributes: AttributeSet;

  constructor(file: OpenFile<ObjectWriter>, path: string) {
    super();
    this.file = file;
    this.path = path;
    this.objectNumber = file.register(this, path);
    this.attributes = new AttributeSet({ file, field: path });
  }

  /** False while elements are missing that must come before anything else is appended to the file. */
  get complete(): boolean {
    return true;
  }

  /** Bytes of the object header with these attributes, known before any address. */
  headerBytes(attributes: readonly Attribute[]): number {
    let bytes = objectHeaderBytes(this.structureLengths());
    for (const { messageBytes } of attributes) bytes += messageHeaderBytes(messageBytes);
    return bytes;
  }

  /** The messages of the object header. */
  messages(
    attributes: readonly Attribute[],
    addresses: Addresses,
    table: SymbolTablePlace | undefined,
  ): readonly Message[] {
    return [
      ...this.structureMessages(addresses, table),
      ...attributes.map((attribute) => attribute.message(addresses)),
    ];
  }

  /** Lengths of the messages that are no attributes. */
  protected abstract structureLengths(): readonly number[];
  protected abstract structureMessages(addresses: Addresses, table: SymbolTablePlace | undefined): readonly Message[];
}
