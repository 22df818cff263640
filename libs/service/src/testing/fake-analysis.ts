import { type Analysis, chunkFrame, type DatasetStream, problem, SluiceError } from "@sluice/core";
import { MemoryClass, type Problem } from "@sluice/proto";

/** Steps of no use but in tests: "test.invert" turns every byte round; any other name is a fault. */
export const fakeAnalysis: Analysis = {
  steps: async () => [
    {
      name: "test.invert",
      summary: "Turns every byte round.",
      version: "1",
      memory: MemoryClass.MEMORY_CLASS_PER_FRAME,
      parameterSchema: {},
    },
  ],
  check: async (header, { steps }) => {
    const faults = steps.filter(({ name }) => name !== "test.invert").map(({ name }) => unknown(name));
    if (faults.length > 0) return { problems: faults };
    return { problems: [], header: { ...header, dataset: { ...header.dataset, name: "inverted" } } };
  },
  apply: async (stream, plan, signal) => {
    const { problems, header } = await fakeAnalysis.check(stream.header, plan, signal);
    if (!header) throw new SluiceError(problems[0] as Problem);
    return { header, frames: inverted(stream) };
  },
};

async function* inverted({ frames }: DatasetStream) {
  for await (const frame of frames) {
    if (frame.content?.$case !== "chunk") yield frame;
    else {
      const { data, crc32c: _, ...chunk } = frame.content.value;
      yield chunkFrame({ ...chunk, data: data.map((value) => 255 - value) });
    }
  }
}

function unknown(name: string): Problem {
  return problem({ reason: "STEP_UNKNOWN", message: "There is no such step.", field: "steps", got: name });
}
