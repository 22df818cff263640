export { attributeJson } from "./attribute-json.ts";
export { type AttributeValue, type StoredAttribute, Unreadable } from "./attributes.ts";
export type { DatasetBlock } from "./blocks.ts";
export type { Hdf5Child } from "./child.ts";
export type { BlockOptions, Hdf5Dataset } from "./dataset.ts";
export { ObjectReference, type StoredElement, type StoredRow } from "./element.ts";
export { type DatasetFilter, filterName } from "./filters.ts";
export type { Hdf5Group } from "./group.ts";
export { type Hdf5File, openHdf5, withHdf5 } from "./hdf5-file.ts";
export { isHdf5 } from "./structure/stored-file.ts";
export { describeTree, type TreeAttribute, type TreeLimits, type TreeObject } from "./tree.ts";
export {
  type ArrayType,
  type Enumeration,
  numberType,
  type Sequence,
  type StoredCompound,
  type StoredType,
  storedTypeName,
  type Unsupported,
} from "./type.ts";
