// Exports a synthetic recording of 64 channels to NWB and says as JSON what came of it: PLACE (a folder or s3://bucket/prefix)
// MEBIBYTES. Clock and UUIDs are made up, so that two runs write the same bytes. SIGINT cancels it.
import { asBytes, chunkFrame, runJob } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { nwb } from "@sluice/nwb";
import { FailurePolicy } from "@sluice/proto";
import { objectStoreOf, readConfiguration } from "@sluice/service/in-process";
import { isS3Url, objectStoreSink, openDirectorySink, parseS3Url } from "@sluice/sink";
import { spikeStream } from "@sluice/spikes/testing";
import { peakMemoryBytes } from "../memory.ts";

const [place = "", mebibytes = "1"] = process.argv.slice(2);
const channels = 64;
const rateHz = 30_000;
const samplesInBlock = 8192;
const blocks = Number(mebibytes);
const block = Int16Array.from({ length: samplesInBlock * channels }, (_, index) => (index * 7919) >>> (index % 5));

const header = memoryStream([
  {
    name: "raw",
    dataType: "int16",
    shape: [0, channels],
    data: new Int16Array(0),
    axes: [{ name: "sample", unit: "second", scale: 1 / rateHz }, { name: "channel" }],
    spec: { unit: "uV", valueScale: 0.195 },
  },
]).header;
const [raw] = header.arrays;
if (!raw?.axes[0]) throw new Error("no raw traces");
raw.axes[0].size = blocks * samplesInBlock;
const spikes = spikeStream([[0.001, 0.002], [], [0.0015]], {
  spikes: { samplingRateHz: rateHz, rawArray: "raw", durationSeconds: (blocks * samplesInBlock) / rateHz },
  dataset: { name: "session", sessionStartTime: new Date("2026-01-02T03:04:05Z") },
});

async function* frames() {
  yield* spikes.frames;
  for (let index = 0; index < blocks; index++) {
    const data = block.slice();
    data[0] = index;
    const box = { offset: [index * samplesInBlock, 0], shape: [samplesInBlock, channels] };
    yield chunkFrame({ arrayId: 1, ...box, data: asBytes(data) });
  }
}

const cancelled = new AbortController();
process.once("SIGINT", () => cancelled.abort());
const sink = isS3Url(place)
  ? objectStoreSink(objectStoreOf(readConfiguration(process.env)), {
      location: parseS3Url(place, "place"),
      overwrite: false,
      sha256: true,
    })
  : await openDirectorySink({ root: place, directory: "", overwrite: false, sha256: true });
let uuids = 0;
const summary = await runJob(
  { header: { ...spikes.header, arrays: [...spikes.header.arrays, raw] }, frames: frames() },
  {
    jobId: "session",
    failurePolicy: FailurePolicy.FAILURE_POLICY_CONTINUE,
    branches: [{ branchId: "nwb", exporter: nwb, options: { compression: "none" }, sink, name: "session" }],
  },
  {
    signal: cancelled.signal,
    now: () => new Date("2026-01-03T00:00:00Z"),
    uuid: () => `00000000-0000-4000-8000-${String(uuids++).padStart(12, "0")}`,
  },
).catch((error: unknown) => ({ branches: [], error: String(error) }));
const [branch] = summary.branches;
const [artifact] = branch?.artifacts ?? [];
const outcome = {
  error: branch?.error?.reason ?? ("error" in summary ? summary.error : ""),
  bytes: artifact?.size,
  sha256: Buffer.from(artifact?.sha256 ?? []).toString("hex"),
  seconds: branch?.timing?.totalSeconds,
  peakBytes: peakMemoryBytes(process.pid),
};
console.log(JSON.stringify(outcome));
