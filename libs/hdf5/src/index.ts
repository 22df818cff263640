export type { AttributeValue } from "./attribute.ts";
export { type Hdf5Dataset, type Hdf5File, type Hdf5Group, openHdf5, withHdf5 } from "./hdf5-file.ts";
export * from "./write/index.ts";
