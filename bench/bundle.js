// Bundles the programs that are measured, as the command line is bundled.
import { fileURLToPath } from "node:url";
import { bundle } from "../tools/bundle.js";

const programs = [
  "write-ome-tiff",
  "write-gif",
  "write-npz",
  "write-nwb",
  "upload-service",
  "upload-client",
  "write-hdf5",
  "threshold-spikes",
  "export-spikes",
  "export-sorting",
];
await bundle(
  fileURLToPath(new URL("../cli/src/main.ts", import.meta.url)),
  fileURLToPath(new URL("dist/cli", import.meta.url)),
);
for (const program of programs) {
  await bundle(
    fileURLToPath(new URL(`ours/${program}.ts`, import.meta.url)),
    fileURLToPath(new URL("dist", import.meta.url)),
  );
}
