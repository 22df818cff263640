// A service whose one format, "slow", waits before it takes the next frame and keeps nothing.
import { runMain } from "@sluice/service";
import { fakeExporter } from "@sluice/service/testing";

await runMain("slow", () => [fakeExporter("slow")], {});
