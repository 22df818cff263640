export { nwb } from "./exporter.ts";
export { nwbLoader } from "./loader.ts";
