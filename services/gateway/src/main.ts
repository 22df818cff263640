import { runMain } from "@sluice/service";
import { gatewayExporters } from "./index.ts";

await runMain("gateway", gatewayExporters);
