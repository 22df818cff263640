import type { GroupWriter, Hdf5Data, Hdf5Type } from "@sluice/hdf5";

type AttributeSet = GroupWriter["attributes"];

/** Elements of a list that fit one attribute, whose 64 KiB hold 16 bytes for each text. */
const mostElements = 4000;
const mostNameLength = 255;

/** Attributes for people and other software; what an attribute cannot hold is left to the JSON of the spec. */
export class ReadableAttributes {
  readonly #attributes: AttributeSet;
  readonly #taken = new Set<string>();

  constructor(attributes: AttributeSet) {
    this.#attributes = attributes;
  }

  /** Text, unless it is empty. */
  text(name: string, text: string): void {
    if (text !== "" && isText(text)) this.#set(name, text, "text");
  }

  /** Texts, unless all are empty. */
  texts(name: string, texts: readonly string[]): void {
    const fits = texts.length <= mostElements && texts.every(isText);
    if (fits && texts.some((text) => text !== "")) this.#set(name, texts, "text");
  }

  number(name: string, value: number | undefined): void {
    if (value !== undefined) this.#set(name, value, "float64");
  }

  numbers(name: string, values: readonly number[]): void {
    if (values.length <= mostElements) this.#set(name, values, "float64");
  }

  /** A value of JSON: text, numbers and truth values as they are, anything else as JSON. */
  json(name: string, value: unknown): void {
    const usable = name !== "" && name.length <= mostNameLength && isText(name) && !this.#taken.has(name);
    if (!usable || isReserved(name)) return;
    if (typeof value === "number") this.number(name, value);
    else if (typeof value === "boolean") this.#set(name, value, "bool");
    else this.text(name, typeof value === "string" ? value : JSON.stringify(value));
  }

  #set(name: string, value: Hdf5Data, type: Hdf5Type): void {
    this.#taken.add(name);
    this.#attributes.set(name, value, type);
  }
}

function isReserved(name: string): boolean {
  return /^(sluice_|axis_|DIMENSION_|_Netcdf|_nc|_NC)/.test(name) || names.has(name);
}

/** With a meaning to readers of HDF5. */
const names = new Set([
  "CLASS",
  "NAME",
  "REFERENCE_LIST",
  "units",
  "scale_factor",
  "add_offset",
  "roles",
  "convention",
]);

function isText(text: string): boolean {
  return !/\0|\p{Surrogate}/u.test(text);
}
