import { fileURLToPath } from "node:url";

/** Root of the project. */
export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** The command line, as a user calls it. */
export const sluiceCommand = fileURLToPath(new URL("../../cli/bin/sluice.cjs", import.meta.url));

/** Folder of the contract's .proto files. */
export const protoFolder = fileURLToPath(new URL("../../proto", import.meta.url));

/** Recordings and schemas that lie beside the project on some machines: `../shared/data` of its root. */
export function sharedData(path: string): string {
  return fileURLToPath(new URL(`../../../shared/data/${path}`, import.meta.url));
}
