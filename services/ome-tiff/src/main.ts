import { runMain } from "@sluice/service";
import { omeTiff } from "./index.ts";

await runMain("ome-tiff", () => [omeTiff]);
