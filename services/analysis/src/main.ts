import { runMain } from "@sluice/service";
import { analysis } from "./index.ts";

await runMain("analysis", () => ({ exporters: [], analysis }));
