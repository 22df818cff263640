// Streams a synthetic movie to a service and says as JSON what came of it: the argument is a SyntheticWish as JSON.
import { chunkFrame } from "@sluice/core";
import { ArraySpec, DatasetSpec, ExportOpen, type ExportResponse, type Frame, ImageStack } from "@sluice/proto";
import { ExportClient, problemOf, sendExport } from "@sluice/transport";
import { peakMemoryBytes } from "../memory.ts";
import type { SyntheticOutcome, SyntheticWish } from "../synthetic.ts";

const { address, format, options, frames, frameBytes, url } = JSON.parse(process.argv[2] ?? "") as SyntheticWish;
const width = 512;
const height = frameBytes / width;
const pixels = Uint8Array.from({ length: frameBytes }, (_, index) => (index * 7919) >>> (index % 5));

async function* chunks(): AsyncGenerator<Frame> {
  for (let index = 0; index < frames; index += 1) {
    yield chunkFrame({ arrayId: 1, offset: [index, 0, 0], shape: [1, height, width], data: pixels });
  }
}

const axes = Object.entries({ t: frames, y: height, x: width }).map(([name, size]) => ({ name, size }));
const stream = {
  header: {
    dataset: DatasetSpec.fromPartial({
      name: "synthetic",
      imageStacks: [ImageStack.fromPartial({ imageArray: "image" })],
    }),
    arrays: [ArraySpec.fromPartial({ arrayId: 1, name: "image", dataType: "uint8", axes })],
    tables: [],
  },
  frames: chunks(),
};
const uploaded = { $case: "objectStore", value: { url: url ?? "", overwrite: false } } as const;
const target = url === undefined ? ({ $case: "inline", value: {} } as const) : uploaded;
const delivery = { target, name: "synthetic" };
const open = ExportOpen.fromPartial({ jobId: "synthetic", branches: [{ branchId: "one", format, options, delivery }] });

const client = new ExportClient({ address });
const call = client.export();
let artifactBytes = 0;
let state = 0;
let branchReason = "";
call.on("data", ({ event }: ExportResponse) => {
  if (event?.$case === "artifactChunk") artifactBytes += event.value.data.length;
  if (event?.$case === "branchReport") branchReason = event.value.error?.reason ?? "";
  if (event?.$case === "summary") state = event.value.state;
});
const ended = new Promise<string>((resolve) => {
  call.on("error", (error) => resolve(problemOf(error).reason));
  call.on("end", () => resolve(""));
});
const [reason] = await Promise.all([ended, sendExport(call, open, stream)]);
client.close();
const outcome: SyntheticOutcome = {
  state,
  reason: reason || branchReason,
  artifactBytes,
  // Not what getrusage tells: on Linux that counts the process that started this one, too.
  peakBytes: peakMemoryBytes(process.pid),
};
console.log(JSON.stringify(outcome));
