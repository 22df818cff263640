export { npz } from "./exporter.ts";
export { npzLoader } from "./loader.ts";
