import { runMain } from "@sluice/service";
import { npz } from "./index.ts";

await runMain("npz", () => [npz]);
