import { runMain } from "@sluice/service";
import { gif } from "./index.ts";

await runMain("gif", () => [gif]);
