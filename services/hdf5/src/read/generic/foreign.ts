import { basename } from "node:path";
import { countElements, type DatasetHeader, imageAxisType, SluiceError } from "@sluice/core";
import { type Hdf5Dataset, type Hdf5File, type Hdf5Group, storedTypeName } from "@sluice/hdf5";
import { type ArraySpec, DatasetSpec, type FieldOrigin, ImageStack, Origin, TableSpec } from "@sluice/proto";
import { columnsOf, describedArray, isHeld, isImage, sequenceType } from "./foreign-types.ts";
import { type JsonValue, jsonAttributes, jsonValue, nested } from "./json-value.ts";
import type { Part } from "./part.ts";
import { plainArray } from "./plain-array.ts";
import { walk } from "./walk.ts";

/** Elements of datasets that become records. */
const mostRecordElements = 1000;

/**
 * Any HDF5 file as a dataset: numbers become arrays, text and compounds of one axis tables, lists of any length ragged
 * arrays, single values records; each under its path without the first slash. Attributes of datasets go with them, those
 * of groups into records. What cannot be held is an origin that says why it is absent.
 *
 * @param start path of the one dataset, or of the group to begin with
 * @param letters of the axes of the one dataset, which is an image then, e.g. "tyx"
 * @throws SluiceError IMAGE_MISSING when there is no such dataset, or it has not as many axes
 */
export async function readForeign(file: Hdf5File, path: string, start: string, letters?: string) {
  const reader = new ForeignReader();
  for await (const found of walk(file, start)) {
    if (found.kind === "group") await reader.addGroup(found.group);
    else if (found.kind === "dataset") await reader.addDataset(found.dataset);
    else reader.addOther(found.path, found.child.kind, found.child.target);
  }
  const parts = letters === undefined ? reader.parts : withAxes(reader.parts, start, letters);
  return { header: reader.header(basename(path), start, parts), parts };
}

/** Names the axes of the one dataset. */
function withAxes(parts: readonly Part[], start: string, letters: string): Part[] {
  const fits = (part: Part) =>
    part.kind === "array" && part.path === start && part.array.axes.length === letters.length;
  if (!parts.some(fits)) throw notAnImage(parts, letters);
  return parts.map((part) =>
    part.kind === "array" && fits(part) ? { ...part, array: named(part.array, letters) } : part,
  );
}

function named(array: ArraySpec, letters: string): ArraySpec {
  const axes = array.axes.map((axis, index) => {
    const name = letters[index] as string;
    return { ...axis, name, type: imageAxisType(name) };
  });
  return { ...array, axes };
}

function notAnImage(parts: readonly Part[], letters: string): SluiceError {
  const arrays = parts.flatMap((part) => (part.kind === "array" ? [part.array] : []));
  return new SluiceError({
    reason: "IMAGE_MISSING",
    message: "The option axes names the axes of one dataset of numbers; the option dataset says which.",
    field: "options.axes",
    got: `${letters} for ${arrays.map(({ name, axes }) => `/${name} [${axes.map(({ size }) => size).join(", ")}]`).join("; ") || "no array"}`,
    allowed: [`a dataset with ${letters.length} axes`],
    remedy: "Set input.dataset to its path, and input.axes to as many letters as it has axes.",
  });
}

class ForeignReader {
  readonly parts: Part[] = [];
  readonly #attributes: [string, JsonValue][] = [];
  readonly #values: [string, JsonValue][] = [];
  readonly #links: [string, JsonValue][] = [];
  readonly #origins: FieldOrigin[] = [];

  async addGroup(group: Hdf5Group): Promise<void> {
    const values = this.#jsonAttributes(group.path, await group.storedAttributes());
    if (Object.keys(values).length > 0) this.#attributes.push([group.path, values]);
  }

  addOther(path: string, kind: string, target: string | undefined): void {
    if (target === undefined) this.#absent(path, `a ${kind} holds no values`);
    else this.#links.push([path, target]);
  }

  async addDataset(dataset: Hdf5Dataset): Promise<void> {
    const { path, shape, type, dataType } = dataset;
    const attributes = this.#jsonAttributes(path, await dataset.storedAttributes());
    const name = path.slice(1);
    const id = this.parts.length + 1;
    const count = shape && countElements(shape);
    const [rows = 0, ...rest] = shape ?? [];
    if (dataType !== undefined && shape && shape.length > 0 && rest.every((length) => length > 0)) {
      this.parts.push({
        kind: "array",
        array: describedArray(plainArray(id, name, dataType, shape), type, attributes),
        path,
      });
      return;
    }
    const sequence = sequenceType(type);
    if (sequence && shape?.length === 1) {
      const array = { ...describedArray(plainArray(id, name, sequence, shape), type, attributes), ragged: true };
      this.parts.push({ kind: "sequences", array, path });
    } else if (shape?.length === 1 && isHeld(type)) {
      const table = TableSpec.fromPartial({ tableId: id, name, rows, attributes, columns: columnsOf(type) });
      this.parts.push({ kind: "rows", table, path });
    } else if (!isHeld(type)) {
      this.#absent(path, `${storedTypeName(type)} cannot be read`);
    } else if (shape === null || (count !== undefined && count !== null && count <= mostRecordElements)) {
      this.#values.push([path, shape === null ? null : await recordOf(dataset, shape)]);
      if (Object.keys(attributes).length > 0) this.#attributes.push([path, attributes]);
    } else {
      this.#absent(path, `${storedTypeName(type)} of shape [${shape.join(", ")}] is neither an array nor a table`);
    }
  }

  header(source: string, start: string, parts: readonly Part[]): DatasetHeader {
    const arrays = parts.flatMap((part) => ("array" in part ? [part.array] : []));
    const tables = parts.flatMap((part) => ("table" in part ? [part.table] : []));
    const records = { attributes: this.#attributes, values: this.#values, links: this.#links };
    const kept = Object.entries(records).filter(([, entries]) => entries.length > 0);
    const dataset = DatasetSpec.fromPartial({
      name: start === "/" ? source.replace(/\.[^.]*$/, "") : start.slice(start.lastIndexOf("/") + 1),
      imageStacks: arrays
        .filter((array) => start === `/${array.name}` && isImage(array))
        .map(({ name }) => ImageStack.fromPartial({ imageArray: name })),
      provenance: { source },
      origins: this.#origins,
    });
    if (kept.length > 0) {
      dataset.records = Object.fromEntries(
        kept.map(([name, entries]) => [`hdf5.${name}`, Object.fromEntries(entries)]),
      );
    }
    return { dataset, arrays, tables };
  }

  #jsonAttributes(path: string, attributes: Parameters<typeof jsonAttributes>[0]): Record<string, JsonValue> {
    const { values, unread } = jsonAttributes(attributes);
    for (const [name, reason] of unread) this.#absent(`${path}@${name}`, reason);
    return values;
  }

  #absent(field: string, detail: string): void {
    this.#origins.push({ field, origin: Origin.ORIGIN_ABSENT, detail });
  }
}

async function recordOf(dataset: Hdf5Dataset, shape: readonly number[]): Promise<JsonValue> {
  return nested((await dataset.readValues()).map(jsonValue), shape);
}
