export { pickle } from "./exporter.ts";
