// Writes a stack with the NPZ exporter and prints what it took as one JSON line.
// usage: write-npz.ts RAW DTYPE FRAMES FOLDER COMPRESSED, where COMPRESSED is true, false or a level
import { randomUUID } from "node:crypto";
import { runJob } from "@sluice/core";
import { npz } from "@sluice/npz";
import { ExportState, FailurePolicy } from "@sluice/proto";
import { openDirectorySink } from "@sluice/sink";
import { repeatedStack } from "./frames.ts";

const [raw = "", dataType = "", frames = "", folder = "", compressed = ""] = process.argv.slice(2);
const stream = repeatedStack(raw, dataType as "uint16" | "float32", Number(frames));
const sink = await openDirectorySink({ root: folder, directory: "", overwrite: true, sha256: false });

const start = performance.now();
const summary = await runJob(
  stream,
  {
    jobId: randomUUID(),
    branches: [
      {
        branchId: "npz",
        exporter: npz,
        options: { compressed: JSON.parse(compressed) as unknown },
        sink,
        name: "ours",
      },
    ],
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
