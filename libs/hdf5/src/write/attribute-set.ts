import { SluiceError } from "@sluice/core";
import { type Addresses, putAddresses } from "./addresses.ts";
import { attributeMessage } from "./attribute-message.ts";
import { encodeData, type Hdf5Data, impliedType } from "./data.ts";
import { dataspaceMessage } from "./dataspace-message.ts";
import { datatypeMessage } from "./datatype-message.ts";
import { type Message, MessageType, maximumMessageBytes, maximumMessages } from "./object-header.ts";
import { checkName } from "./text.ts";
import { checkType, type ElementLayout, elementLayout, isPlain } from "./type.ts";
import type { ValueContext } from "./value.ts";

/** Messages of a dataset that are no attributes. */
const otherMessages = 8;

/** Attributes of one object, kept encoded until the file is laid out. */
export class AttributeSet {
  readonly #attributes = new Map<string, Attribute>();
  readonly #context: ValueContext;

  /** @param context of the object: its path is the field of errors */
  constructor(context: ValueContext) {
    this.#context = context;
  }

  /** Number of attributes. */
  get size(): number {
    return this.#attributes.size;
  }

  /**
   * Sets an attribute, or replaces it.
   *
   * @param value a scalar, a list, a typed array, or null for an attribute that is there and holds nothing
   * @param type may be left out for text, booleans, references and typed arrays; numbers do not say what they are
   * @param shape of a list, if it has more than one axis
   * @throws SluiceError HDF5_TYPE_NEEDED, HDF5_VALUE_INVALID, HDF5_TEXT_INVALID, HDF5_NAME_INVALID,
   * HDF5_SHAPE_MISMATCH, HDF5_ATTRIBUTE_TOO_LARGE
   */
  set(name: string, value: Hdf5Data, type = impliedType(value), shape?: readonly number[]): void {
    this.#context.file.requireOpen(this.#context.field);
    const { file, field } = this.#context;
    const context = { file, field: `${field}@${name}` };
    checkName(name, context.field);
    if (type === undefined) throw typeNeeded(context.field);
    checkType(type, context.field);
    const elements = encodeData(value, type, shape, context);
    const { message, dataAt } = attributeMessage({
      name,
      datatype: datatypeMessage(type),
      dataspace: dataspaceMessage(elements.shape),
      data: elements.bytes,
    });
    if (message.length > maximumMessageBytes) throw tooLarge(context.field, message.length);
    if (!this.#attributes.has(name) && this.size + otherMessages >= maximumMessages) throw tooMany(context.field);
    this.#attributes.set(name, new Attribute(message, dataAt, elementLayout(type)));
  }

  /** The attributes as they are now. */
  all(): readonly Attribute[] {
    return [...this.#attributes.values()];
  }
}

/** An attribute, which never changes: another one takes its place. */
export class Attribute {
  readonly #message: Uint8Array;
  readonly #dataAt: number;
  readonly #layout: ElementLayout;

  constructor(message: Uint8Array, dataAt: number, layout: ElementLayout) {
    this.#message = message;
    this.#dataAt = dataAt;
    this.#layout = layout;
  }

  /** Length of the message, known before any address. */
  get messageBytes(): number {
    return this.#message.length;
  }

  /** The message, complete. */
  message(addresses: Addresses): Message {
    const data = isPlain(this.#layout) ? this.#message : new Uint8Array(this.#message);
    if (data !== this.#message) putAddresses(data.subarray(this.#dataAt), this.#layout, addresses);
    return { type: MessageType.attribute, data };
  }
}

/** HDF5 cannot tell what a JavaScript number is meant to be. */
export function typeNeeded(field: string): SluiceError {
  return new SluiceError({
    reason: "HDF5_TYPE_NEEDED",
    message: "Numbers, compounds and nothing at all do not say which type they are.",
    field,
    remedy: 'Name the type, "int64" or "float64" for instance.',
  });
}

function tooLarge(field: string, bytes: number): SluiceError {
  return new SluiceError({
    reason: "HDF5_ATTRIBUTE_TOO_LARGE",
    message: "The attribute does not fit into an object header.",
    field,
    got: `${bytes} bytes with its name and type`,
    allowed: [`at most ${maximumMessageBytes} bytes; text of any length, which stands elsewhere`],
    remedy: "Write the values as a dataset.",
  });
}

function tooMany(field: string): SluiceError {
  return new SluiceError({
    reason: "HDF5_ATTRIBUTES_TOO_MANY",
    message: "An object header holds no more attributes.",
    field,
    allowed: [`fewer than ${maximumMessages - otherMessages} attributes`],
    remedy: "Write the values as a table.",
  });
}
