export { pickle } from "./exporter.ts";
export { isPickle, pickleRefused } from "./refusal.ts";
