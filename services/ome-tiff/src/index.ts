export { omeTiff } from "./exporter.ts";
