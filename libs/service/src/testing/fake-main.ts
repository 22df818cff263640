// The main program of a service that writes the fake format.
import { runMain } from "../run-main.ts";
import { fakeExporter } from "./fake-exporter.ts";

await runMain("fake", () => [fakeExporter()]);
