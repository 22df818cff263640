export { kilosort } from "./exporter.ts";
export { kilosortLoader } from "./loader.ts";
