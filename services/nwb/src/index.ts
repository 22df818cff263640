export { nwb } from "./exporter.ts";
