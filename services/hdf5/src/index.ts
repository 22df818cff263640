export { hdf5 } from "./exporter.ts";
export { hdf5Loader } from "./loader.ts";
