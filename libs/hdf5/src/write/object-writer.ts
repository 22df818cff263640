import type { Addresses } from "./addresses.ts";
import { AttributeSet } from "./attribute-set.ts";
import { type Message, objectHeaderBytes } from "./object-header.ts";
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

  /** Bytes of the object header, known before any address. */
  headerBytes(): number {
    return objectHeaderBytes([...this.structureLengths(), ...this.attributes.messageLengths()]);
  }

  /** The messages of the object header. To be called once. */
  messages(addresses: Addresses, table: SymbolTablePlace | undefined): Message[] {
    return [...this.structureMessages(addresses, table), ...this.attributes.messages(addresses)];
  }

  /** Lengths of the messages that are no attributes. */
  protected abstract structureLengths(): readonly number[];
  protected abstract structureMessages(addresses: Addresses, table: SymbolTablePlace | undefined): readonly Message[];
}
