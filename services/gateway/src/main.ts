import { runMain } from "@sluice/service";
import { gateway } from "./index.ts";

await runMain("gateway", gateway);
