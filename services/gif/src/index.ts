export { gif } from "./exporter.ts";
