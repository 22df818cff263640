import { runMain } from "@sluice/service";
import { pickle } from "./index.ts";

await runMain("pickle", () => [pickle]);
