import { problem, warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";

/** Metadata by name, as JSON has it. */
export type Metadata = Readonly<Record<string, unknown>>;

/** Texts of `/general`, which have the names of the metadata. */
export const generalTexts = [
  "data_collection",
  "experiment_description",
  "institution",
  "lab",
  "notes",
  "pharmacology",
  "protocol",
  "session_id",
  "slices",
  "stimulus",
  "surgery",
  "virus",
] as const;

/** Lists of texts of `/general`. */
export const generalLists = ["experimenter", "keywords", "related_publications"] as const;

/** Texts of the subject. */
export const subjectTexts = [
  "age",
  "date_of_birth",
  "description",
  "genotype",
  "sex",
  "species",
  "strain",
  "subject_id",
  "weight",
] as const;

/** Texts of a device, which are its attributes. */
export const deviceTexts = ["description", "manufacturer", "model_name", "model_number", "serial_number"] as const;

/** Names in the metadata that something is made of; others are kept for Sluice alone. */
export const knownNames: ReadonlySet<string> = new Set([
  ...generalTexts,
  ...generalLists,
  "identifier",
  "session_description",
  "session_start_time",
  "subject",
  "devices",
  "electrode_groups",
  "electrical_series",
]);

/** Reads metadata of any shape, and takes down what is not as it must be. */
export class MetadataReader {
  readonly problems: Problem[];
  readonly #path: string;
  readonly #values: Metadata;

  /** @param problems takes the complaints; those of a part are complaints of the whole */
  constructor(values: Metadata, path: string, problems: Problem[] = []) {
    this.#values = values;
    this.#path = path;
    this.problems = problems;
  }

  get names(): string[] {
    return Object.keys(this.#values);
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null;
  }

  /** A text; numbers become text. Empty ones are none. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number") return String(value);
    this.#refuse(name, "a text");
    return undefined;
  }

  /** A list of texts; one text is a list of one. */
  texts(name: string): string[] {
    const value = this.#values[name];
    if (value === undefined || value === null || value === "") return [];
    const list = Array.isArray(value) ? value : [value];
    if (list.every((item) => typeof item === "string")) return list;
    this.#refuse(name, "texts");
    return [];
  }

  /** An object. */
  part(name: string): MetadataReader | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return undefined;
    if (isObject(value)) return this.#reader(value, name);
    this.#refuse(name, "an object");
    return undefined;
  }

  /** A list of objects. */
  parts(name: string): MetadataReader[] {
    const value = this.#values[name];
    if (value === undefined || value === null) return [];
    const list = Array.isArray(value) ? value : [value];
    if (list.every(isObject)) return list.map((item, index) => this.#reader(item, `${name}[${index}]`));
    this.#refuse(name, "objects");
    return [];
  }

  /** Warns of names that nothing is made of. */
  warnOfOthers(known: ReadonlySet<string>): void {
    for (const name of this.names.filter((other) => !known.has(other))) {
      this.problems.push(
        warning({
          reason: "METADATA_WITHOUT_PLACE",
          message: "NWB has no place of this name; it is kept in the file for Sluice alone.",
          field: `${this.#path}.${name}`,
          allowed: [...known],
          remedy: "Use NWB's name for it, or leave it.",
        }),
      );
    }
  }

  #reader(values: Metadata, name: string): MetadataReader {
    return new MetadataReader(values, `${this.#path}.${name}`, this.problems);
  }

  #refuse(name: string, allowed: string): void {
    this.problems.push(
      problem({
        reason: "METADATA_INVALID",
        message: "The metadata cannot be written.",
        field: `${this.#path}.${name}`,
        got: JSON.stringify(this.#values[name])?.slice(0, 80) ?? "",
        allowed: [allowed],
        remedy: "Correct it, or leave it out.",
      }),
    );
  }
}

/** Metadata of the dataset with those of the options over them; objects are joined, all else is replaced. */
export function merged(under: Metadata, over: Metadata): Metadata {
  const result: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const below = result[name];
    result[name] = isObject(below) && isObject(value) ? merged(below, value) : value;
  }
  return result;
}

function isObject(value: unknown): value is Metadata {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
