import type { DataOptions, DatasetWriter, GroupWriter, Hdf5Data, Hdf5Type, Hdf5Writer } from "@sluice/hdf5";
import type { SchemaVersion } from "../specifications/index.ts";

/** Value of an attribute: text, texts, an object of the file, or a number with its type. */
export type AttributeValue =
  | string
  | readonly string[]
  | GroupWriter
  | DatasetWriter
  | { readonly type: Hdf5Type; readonly value: number };

export type Attributes = Readonly<Record<string, AttributeValue>>;

/** What is known of an object that was written; the check of the structure goes by it. */
export interface ObjectFacts {
  readonly path: string;
  readonly kind: "group" | "dataset";
  /** neurodata_type; undefined for the groups and datasets that have none. */
  readonly neurodataType: string | undefined;
  readonly attributes: Map<string, AttributeValue>;
  /** Of datasets. */
  readonly elementType: Hdf5Type | undefined;
  /** Lengths of the axes so far; empty for a scalar. */
  readonly shape: () => readonly number[];
  /** Last value of an index column, once it is known. */
  last?: number;
}

/** What a dataset is to NWB. */
export interface DatasetDescription extends DataOptions {
  readonly neurodataType?: string;
  readonly attributes?: Attributes;
}

/** Types that belong to HDMF; all others are of the core. */
const hdmfTypes: ReadonlySet<string> = new Set([
  "VectorData",
  "VectorIndex",
  "DynamicTableRegion",
  "ElementIdentifiers",
  "DynamicTable",
]);

/** A file in the making: every object is made with its type and id, and remembered for the check of the structure. */
export class NwbFile {
  readonly writer: Hdf5Writer;
  readonly schemaVersion: SchemaVersion;
  readonly objects = new Map<string, ObjectFacts>();
  /** Paths of soft links and where they lead. */
  readonly links = new Map<string, string>();
  readonly #uuid: () => string;

  /** @param uuid a new id for each object */
  constructor(writer: Hdf5Writer, schemaVersion: SchemaVersion, uuid: () => string) {
    this.writer = writer;
    this.schemaVersion = schemaVersion;
    this.#uuid = uuid;
  }

  /** Describes the root, which is there from the start. */
  describeRoot(attributes: Attributes): void {
    this.#describe(this.writer.root, { kind: "group", neurodataType: "NWBFile", attributes, shape: () => [] });
  }

  /** Makes a group below the root, or describes the one that is there without a type. */
  group(path: string, neurodataType?: string, attributes: Attributes = {}): GroupWriter {
    const group = this.writer.root.requireGroup(path);
    this.#describe(group, { kind: "group", neurodataType, attributes, shape: () => [] });
    return group;
  }

  /** Makes a dataset with all of its elements. */
  async dataset(path: string, data: Hdf5Data, description: DatasetDescription = {}): Promise<DatasetWriter> {
    const { neurodataType, attributes, ...options } = description;
    const dataset = await this.writer.root.writeDataset(path, data, options);
    this.describeDataset(dataset, options.type ?? "text", neurodataType, attributes);
    return dataset;
  }

  /** Describes a dataset that is made elsewhere. */
  describeDataset(
    dataset: DatasetWriter,
    elementType: Hdf5Type,
    neurodataType?: string,
    attributes: Attributes = {},
  ): void {
    this.#describe(dataset, {
      kind: "dataset",
      neurodataType,
      attributes,
      elementType,
      shape: () => dataset.shape ?? [],
    });
  }

  /** Remembers the last value of an index column. */
  setLast(index: DatasetWriter, last: number): void {
    const facts = this.objects.get(index.path);
    if (facts) facts.last = last;
  }

  /** Makes a soft link: what NWB calls a link. A second hard link would be another object to its readers. */
  link(path: string, target: GroupWriter): void {
    this.writer.root.createSoftLink(path, target.path);
    this.links.set(`/${path}`, target.path);
  }

  #describe(
    object: GroupWriter | DatasetWriter,
    facts: Pick<ObjectFacts, "kind" | "neurodataType" | "shape"> & {
      readonly attributes: Attributes;
      readonly elementType?: Hdf5Type | undefined;
    },
  ): void {
    const { neurodataType, elementType } = facts;
    const identity: Attributes =
      neurodataType === undefined
        ? {}
        : {
            namespace: hdmfTypes.has(neurodataType) ? "hdmf-common" : "core",
            neurodata_type: neurodataType,
            object_id: this.#uuid(),
          };
    const attributes = new Map<string, AttributeValue>(Object.entries({ ...identity, ...facts.attributes }));
    for (const [name, value] of attributes) setAttribute(object, name, value);
    this.objects.set(object.path, { path: object.path, ...facts, elementType, attributes });
  }
}

function setAttribute({ attributes }: GroupWriter | DatasetWriter, name: string, value: AttributeValue): void {
  if (typeof value === "object" && "value" in value) attributes.set(name, value.value, value.type);
  else if (Array.isArray(value)) attributes.set(name, value as readonly string[], "text");
  else attributes.set(name, value);
}

/** A float attribute: NWB's readers refuse integers there. */
export function float(value: number): AttributeValue {
  return { type: "float64", value };
}

/** An integer attribute of 32 bits. */
export function integer(value: number): AttributeValue {
  return { type: "int32", value };
}
