// Streams chunks to an Export service and prints what it took as one JSON line.
// usage: upload-client.ts PORT CHUNK_BYTES CHUNKS [MEGABYTES PER SECOND OF THE SERVICE]
import { randomUUID } from "node:crypto";
import { ExportState, FailurePolicy, KeptLayers } from "@sluice/proto";
import { ExportClient, remoteExport } from "@sluice/transport";
import { byteStream } from "./frames.ts";

const [port = "", chunkBytes = "", chunks = "", pace = "0"] = process.argv.slice(2);
const client = new ExportClient({ address: `127.0.0.1:${port}` });
const open = {
  jobId: randomUUID(),
  branches: [
    {
      branchId: "count",
      format: "count",
      options: { megabytesPerSecond: Number(pace) },
      delivery: { target: { $case: "inline" as const, value: {} }, name: "count", withoutSha256: true },
    },
  ],
  failurePolicy: FailurePolicy.FAILURE_POLICY_ABORT_ALL,
  progressIntervalMs: 0,
  steps: [],
  layers: KeptLayers.KEPT_LAYERS_UNSPECIFIED,
};
const stream = byteStream(Number(chunkBytes), Number(chunks));

const start = performance.now();
const summary = await remoteExport(client, open, new Map(), stream, { signal: new AbortController().signal });
const seconds = (performance.now() - start) / 1000;

const bytes = Number(chunkBytes) * Number(chunks);
const [report] = summary.branches;
if (report?.state !== ExportState.EXPORT_STATE_SUCCEEDED || report.bytes !== bytes) throw new Error("not all arrived");
console.log(JSON.stringify({ seconds, bytes, rss: process.resourceUsage().maxRSS * 1024 }));
client.close();
