import { SluiceError } from "@sluice/core";
import { type AttributeValue, attributeJson, type Hdf5Group } from "@sluice/hdf5";

/** The attributes of one group, read as what they should be. */
export class Attributes {
  readonly #path: string;
  readonly #values: ReadonlyMap<string, AttributeValue>;

  /** Reads all attributes of a group. */
  static async of(group: Hdf5Group): Promise<Attributes> {
    return new Attributes(group.path, await group.attributes());
  }

  private constructor(path: string, values: ReadonlyMap<string, AttributeValue>) {
    this.#path = path;
    this.#values = values;
  }

  /** Text, trimmed; undefined when there is none. */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    const text = typeof value === "string" ? value.trim() : "";
    return text === "" ? undefined : text;
  }

  /** A number; undefined when there is none, or NaN, which is how the instrument writes what it does not know. */
  number(name: string): number | undefined {
    const value = this.#values.get(name);
    const number = Number(Array.isArray(value) ? value[0] : value);
    return Number.isFinite(number) ? number : undefined;
  }

  /** A number above 0; JPK_ATTRIBUTE_INVALID when it is none or missing. */
  positive(name: string): number {
    const value = this.number(name);
    if (value !== undefined && value > 0) return value;
    throw this.invalid(name, "a number above 0");
  }

  /** Where an attribute is, for people. */
  place(name: string): string {
    return `${this.#path} @${name}`;
  }

  /** An error that names the object, the attribute and what it may hold. */
  invalid(name: string, allowed: string): SluiceError {
    const value = this.#values.get(name);
    return new SluiceError({
      reason: "JPK_ATTRIBUTE_INVALID",
      message: "An attribute that the file must have is missing or cannot be right.",
      field: this.place(name),
      got: value === undefined ? "nothing" : String(value),
      allowed: [allowed],
      remedy: "Check that the instrument's software wrote the whole file; take another copy of it.",
    });
  }

  /** All attributes as JSON holds them. */
  toJson(): Record<string, unknown> {
    return Object.fromEntries([...this.#values].map(([name, value]) => [name, attributeJson(value)]));
  }
}
