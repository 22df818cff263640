// Shows a stack as an annotated movie and prints what it took as one JSON line.
// usage: write-gif.ts RAW FRAMES FOLDER
import { randomUUID } from "node:crypto";
import { runJob } from "@sluice/core";
import { gif } from "@sluice/gif";
import { ExportState, FailurePolicy } from "@sluice/proto";
import { openDirectorySink } from "@sluice/sink";
import { repeatedStack } from "./frames.ts";

const [raw = "", frames = "", folder = ""] = process.argv.slice(2);
const stream = repeatedStack(raw, "float32", Number(frames));
const sink = await openDirectorySink({ root: folder, directory: "", overwrite: true, sha256: false });

const start = performance.now();
const summary = await runJob(
  stream,
  {
    jobId: randomUUID(),
    branches: [{ branchId: "gif", exporter: gif, options: {}, sink, name: "ours" }],
    failurePolicy: FailurePolicy.FAILURE_POLICY_ABORT_ALL,
  },
  { signal: new AbortController().signal, now: () => new Date(), uuid: randomUUID },
);
const seconds = (performance.now() - start) / 1000;

const [report] = summary.branches;
if (report?.state !== ExportState.EXPORT_STATE_SUCCEEDED) throw new Error(report?.error?.message ?? "no report");
console.log(
  JSON.stringify({ seconds, bytes: report.bytes, stored: report.artifacts[0]?.size, rss: report.timing?.peakRssBytes }),
);
