import { runMain } from "@sluice/service";
import { kilosort } from "./index.ts";

await runMain("kilosort", () => [kilosort]);
