import type { DatasetStream } from "@sluice/core";
import type { MemoryArray } from "@sluice/core/testing";
import { Responses } from "@sluice/proto";
import { smallTable, spikeStream } from "@sluice/spikes/testing";

/** Metadata that nwbinspector finds nothing to say of, under its configuration for DANDI. */
export const describedSession = {
  session_description: "Silicon probe in CA1 and V1.",
  identifier: "0f6a7d0c-5ad2-4f6c-9c55-5f53a5d2b0a1",
  experiment_description: "Spikes under visual stimulation.",
  institution: "Institute of Examples",
  lab: "Example Lab",
  experimenter: ["Doe, Jane"],
  keywords: ["probe", "mouse"],
  session_id: "session1",
  subject: {
    subject_id: "mouse1",
    species: "Mus musculus",
    sex: "F",
    age: "P90D",
    weight: "0.02 kg",
    description: "A mouse.",
  },
  devices: [{ name: "probe", description: "Silicon probe of two shanks.", manufacturer: "Example" }],
  electrode_groups: [
    { name: "shank0", description: "First shank.", location: "CA1", device: "probe" },
    { name: "shank1", description: "Second shank.", location: "VISp", device: "probe" },
  ],
  electrical_series: { description: "Broad band." },
};

/** Samples and channels of the raw traces of {@link fullStream}. */
export const rawShape = [2000, 4] as const;

/** Counts of the converter, [sample, channel]. */
export function rawCounts(): Int16Array {
  return Int16Array.from({ length: rawShape[0] * rawShape[1] }, (_, index) => Math.round(1000 * Math.sin(index)));
}

/** A recording with everything that is written: units, electrodes, raw traces, templates, amplitudes, trials, epochs. */
export function fullStream(metadata: Readonly<Record<string, unknown>> = describedSession): DatasetStream {
  const arrays: MemoryArray[] = [
    {
      name: "raw",
      dataType: "int16",
      shape: rawShape,
      data: rawCounts(),
      axes: [{ name: "sample", unit: "second", scale: 1 / 20_000 }, { name: "channel" }],
      spec: { unit: "uV", valueScale: 0.195 },
    },
    {
      name: "templates",
      dataType: "float32",
      shape: [3, 10, 4],
      data: Float32Array.from({ length: 120 }, (_, index) => index / 1024),
      axes: ["unit", "sample", "channel"],
      spec: { unit: "V" },
    },
  ];
  const tables = [
    smallTable("units", 1, {
      cluster_id: [5, 6, 9],
      electrode: [1, 2, 7],
      quality: ["good", "mua", "good"],
      depth: [1.5, null, 3],
    }),
    smallTable("electrodes", 2, {
      id: [1, 2, 7, 8],
      x: [0, 20, 40, 60],
      y: [0, 0, 0, 0],
      location: ["CA1", "CA1", "VISp", "VISp"],
      group_name: ["shank0", "shank0", "shank1", "shank1"],
    }),
    smallTable("trials", 3, {
      start_time: [0, 1, 2],
      stop_time: [0.5, 1.5, 2.5],
      stimulus: ["grating", "noise", "grating"],
    }),
    smallTable("epochs", 4, { start: [0, 1.5], end: [1.5, 3], name: ["before", "after"] }),
  ];
  return spikeStream([[0.005, 0.01, 0.0151], [0.0025, 0.02], []], {
    spikes: {
      durationSeconds: 3,
      samplingRateHz: 20_000,
      unitsTable: "units",
      electrodesTable: "electrodes",
      rawArray: "raw",
      templatesArray: "templates",
    },
    tables,
    arrays,
    dataset: {
      name: "described",
      sessionStartTime: new Date("2025-11-01T09:30:00.123Z"),
      responses: [Responses.fromPartial({ trialsTable: "trials", epochsTable: "epochs" })],
      metadata,
    },
  });
}
