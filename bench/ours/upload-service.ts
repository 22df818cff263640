// Serves the counting exporter, or relays to it. usage: upload-service.ts PORT [ADDRESS OF THE COUNTING SERVICE]
import { gateway } from "@sluice/gateway";
import { readConfiguration, serve } from "@sluice/service";
import { counting } from "./counting-exporter.ts";

const [port = "0", behind] = process.argv.slice(2);
const configuration = readConfiguration(
  {},
  { port, logLevel: "warn", ...(behind ? { formats: `count=${behind}` } : {}) },
);
const served = behind ? gateway(configuration) : { exporters: [counting] };
await serve({ name: "bench", ...served, configuration });
console.log("ready");
process.on("SIGTERM", () => {
  console.log(JSON.stringify({ rss: process.resourceUsage().maxRSS * 1024 }));
  process.exit(0);
});
