export { asdLoader } from "./asd/asd-loader.ts";
export { jpkLoader } from "./jpk/jpk-loader.ts";
