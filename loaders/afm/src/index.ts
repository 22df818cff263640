export { asdLoader } from "./asd/asd-loader.ts";
