import { countElements, SluiceError } from "@sluice/core";
import { attributeJson } from "./attribute-json.ts";
import { type AttributeValue, type StoredAttribute, Unreadable } from "./attributes.ts";
import type { Hdf5Child } from "./child.ts";
import type { Hdf5Dataset } from "./dataset.ts";
import { filterName } from "./filters.ts";
import type { Hdf5Group } from "./group.ts";
import { type StoredType, storedTypeName } from "./type.ts";

/** An object of a file as people and programs want to know it; all of it can be told as JSON. */
export interface TreeObject {
  /** Name of the link that leads here; "/" for the root. */
  readonly name: string;
  readonly kind: Hdf5Child["kind"];
  /** Where a link leads; file and path for an external one. */
  readonly target?: string;
  /** What a soft link leads to in the end, if it does. */
  readonly leadsTo?: string;
  /** Path under which the object is told already: groups may hold each other. */
  readonly sameAs?: string;
  readonly type?: string;
  /** Lengths of the axes; null for a null space. */
  readonly shape?: readonly number[] | null;
  /** Lengths up to which the axes may grow, null without limit; where it differs from the shape. */
  readonly maxShape?: readonly (number | null)[];
  readonly chunks?: readonly number[];
  readonly filters?: readonly string[];
  /** Bytes of all elements without filters; left out where elements have no fixed length. */
  readonly bytes?: number;
  readonly attributes?: readonly TreeAttribute[];
  readonly children?: readonly TreeObject[];
  /** Members that are not told. */
  readonly hidden?: number;
  /** Why nothing more is known. */
  readonly problem?: string;
}

/** An attribute; `value` is left out where it is long. */
export interface TreeAttribute {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[] | null;
  readonly value?: unknown;
  readonly unreadable?: string;
}

/** How much of a file is told. */
export interface TreeLimits {
  /** Most members of one group. */
  readonly members: number;
  /** Most objects of the file. */
  readonly objects: number;
}

const defaultLimits: TreeLimits = { members: 50, objects: 500 };
/** Longest value of an attribute that is told: characters of text, elements of a list. */
const longestText = 400;
const longestList = 16;

/**
 * Groups, datasets, links and attributes from the root down, in the order of names. Damaged objects are told with their
 * problem, and what is beyond the limits is counted.
 *
 * @throws the reason of the signal that the file was opened with
 */
export async function describeTree(root: Hdf5Group, limits: TreeLimits = defaultLimits): Promise<TreeObject> {
  return await new Walk(limits).object(root, { name: root.path, kind: "group" }, root.path);
}

class Walk {
  readonly #limits: TreeLimits;
  readonly #seen = new Map<number, string>();
  #left: number;

  constructor(limits: TreeLimits) {
    this.#limits = limits;
    this.#left = limits.objects - 1;
  }

  async object(parent: Hdf5Group, child: Hdf5Child, path: string): Promise<TreeObject> {
    const { name, kind, target, leadsTo } = child;
    const link = { name, kind, ...(target !== undefined && { target }), ...(leadsTo !== undefined && { leadsTo }) };
    try {
      if (kind === "dataset") return { ...link, ...(await this.#dataset(await parent.dataset(path))) };
      if (kind === "group") return { ...link, ...(await this.#group(await parent.group(path))) };
      return link;
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return { ...link, problem: error.problem.got || error.problem.message };
    }
  }

  async #group(group: Hdf5Group): Promise<Partial<TreeObject>> {
    const sameAs = await this.#sameAs(group);
    if (sameAs !== undefined) return { sameAs };
    const attributes = await describeAttributes(group);
    const members = await group.children();
    const shown = members.slice(0, Math.min(this.#limits.members, this.#left));
    this.#left -= shown.length;
    const children: TreeObject[] = [];
    for (const member of shown) {
      children.push(await this.object(group, member, `${group.path === "/" ? "" : group.path}/${member.name}`));
    }
    const hidden = members.length - shown.length;
    return { ...attributes, ...(children.length > 0 && { children }), ...(hidden > 0 && { hidden }) };
  }

  async #dataset(dataset: Hdf5Dataset): Promise<Partial<TreeObject>> {
    const sameAs = await this.#sameAs(dataset);
    if (sameAs !== undefined) return { sameAs };
    const { shape, maxShape, chunks, filters, itemBytes } = dataset;
    const grows = maxShape?.some((length, axis) => length !== shape?.[axis]) ?? false;
    return {
      type: storedTypeName(dataset.type),
      shape,
      ...(grows && maxShape && { maxShape }),
      ...(chunks && { chunks }),
      ...(filters.length > 0 && { filters: filters.map(filterName) }),
      ...(hasFixedLength(dataset.type) && { bytes: (countElements(shape ?? [0]) ?? 0) * itemBytes }),
      ...(await describeAttributes(dataset)),
    };
  }

  /** The path of an object that was told before, by another link. */
  async #sameAs(object: Hdf5Group | Hdf5Dataset): Promise<string | undefined> {
    const address = await object.address();
    const before = this.#seen.get(address);
    if (before === undefined) this.#seen.set(address, object.path);
    return before;
  }
}

function hasFixedLength(type: StoredType): boolean {
  if (typeof type === "string") return type !== "text";
  if (type.kind === "compound") return type.members.every(([, member]) => hasFixedLength(member));
  return type.kind === "array" ? hasFixedLength(type.element) : type.kind !== "sequence";
}

async function describeAttributes(object: Hdf5Group | Hdf5Dataset): Promise<Pick<TreeObject, "attributes">> {
  const attributes = await object.storedAttributes();
  return attributes.size === 0 ? {} : { attributes: [...attributes].map(describeAttribute) };
}

function describeAttribute([name, { type, shape, value }]: [string, StoredAttribute]): TreeAttribute {
  const known = { name, type: storedTypeName(type), shape };
  if (value instanceof Unreadable) return { ...known, unreadable: value.reason };
  return isLong(value) ? known : { ...known, value: attributeJson(value) };
}

function isLong(value: AttributeValue): boolean {
  if (typeof value === "string") return value.length > longestText;
  if (!Array.isArray(value)) return false;
  return value.length > longestList || value.some(isLong);
}
