export { omeTiff } from "./exporter.ts";
export { omeTiffLoader } from "./loader.ts";
