import { runMain } from "@sluice/service";
import { hdf5 } from "./index.ts";

await runMain("hdf5", () => [hdf5]);
