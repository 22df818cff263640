import { runMain } from "@sluice/service";
import { nwb } from "./index.ts";

await runMain("nwb", () => [nwb]);
