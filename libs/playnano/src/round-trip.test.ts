import { expect, test } from "@jest/globals";
import { Assembly, type DatasetHeader, type DatasetStream } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import fc from "fast-check";
import { type Bundle, bundleOf } from "./bundle.ts";
import { bundleHeader } from "./bundle-header.ts";
import { parseBundleTexts } from "./bundle-metadata.ts";
import { FrameMetadata, type FrameRecord } from "./frame-metadata.ts";
import { toAsciiJson } from "./json.ts";
import { metadataFrames } from "./metadata-frames.ts";
import { bundleProvenance, bundleStateBackups } from "./provenance.ts";
import type { StoredBundle } from "./stored-bundle.ts";

function stored(
  frames: readonly FrameRecord[],
  provenance: object = {},
  parts: Partial<StoredBundle> = {},
): StoredBundle {
  return {
    fileName: "stack.h5",
    data: { dataType: "float32", shape: [frames.length, 1, 1] },
    processed: new Map(),
    masks: new Map(),
    timestamps: undefined,
    pixelSizeNm: 2,
    channel: "height_trace",
    metadata: parseBundleTexts({
      frame_metadata_json: toAsciiJson(frames),
      provenance_json: toAsciiJson(provenance),
      state_backups_json: undefined,
    }),
    ...parts,
  };
}

function requireBundle(header: DatasetHeader): Bundle {
  const outcome = bundleOf(header);
  if ("bundle" in outcome) return outcome.bundle;
  throw new Error(outcome.problems[0]?.message);
}

/** The frame metadata that would be written of what was read. */
async function written(source: StoredBundle): Promise<{ records: FrameRecord[]; others: Record<string, unknown[]> }> {
  const header = bundleHeader(source);
  const bundle = requireBundle(header);
  const metadata = new FrameMetadata(bundle.data, bundle);
  // The pixels do not matter here.
  const arrays = header.arrays.filter(({ name }) => name === "timestamps");
  const dataset = { ...header.dataset, imageStacks: [] };
  const stream: DatasetStream = { header: { ...header, dataset, arrays }, frames: all(metadataFrames(source)) };
  for await (const item of new Assembly(stream, () => [2])) {
    if (item.kind === "block") metadata.addBlock(item.block);
    if (item.kind === "batch") metadata.addBatch(item.batch);
  }
  const count = source.data.shape[0] as number;
  return { records: metadata.records(count), others: metadata.otherColumns(count) };
}

async function* all(frames: Iterable<Frame>): AsyncGenerator<Frame> {
  yield* frames;
}

const key = fc.constantFrom("line_rate", "frame_duration_s", "scan_direction", "note", "frame_px_size_nm", "is_up");
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const values = fc.oneof(
  fc.array(fc.option(number), { minLength: 1, maxLength: 5 }),
  fc.array(fc.option(fc.boolean()), { minLength: 1, maxLength: 5 }),
  fc.array(fc.option(fc.string({ unit: "grapheme", maxLength: 4 })), { minLength: 1, maxLength: 5 }),
);

test("frame metadata are written again as they were read", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(number), { minLength: 1, maxLength: 5 }),
      fc.dictionary(key, values),
      async (timestamps, columns) => {
        const frames = timestamps.map((timestamp, index) => ({
          timestamp,
          frame_pixel_size_nm: 2,
          ...Object.fromEntries(Object.entries(columns).map(([name, list]) => [name, list[index % list.length]])),
        }));
        const { records, others } = await written(stored(frames));
        expect(records).toEqual(frames);
        expect(others).toEqual({});
      },
    ),
    { numRuns: 100 },
  );
});

test("missing keys are null, times as text are seconds since 1970", async () => {
  const frames = [{ timestamp: "2020-01-01T00:00:01+01:00", gain: 1 }, { timestamp: "soon" }, { gain: 2 }];
  const { records } = await written(stored(frames));
  expect(records).toEqual([
    { timestamp: Date.parse("2019-12-31T23:00:01Z") / 1000, frame_pixel_size_nm: 2, gain: 1 },
    { timestamp: null, frame_pixel_size_nm: 2, gain: null },
    { timestamp: null, frame_pixel_size_nm: 2, gain: 2 },
  ]);
});

const steps = [
  { index: 1, name: "remove_plane", params: { a: [1, null] }, timestamp: "2026-01-01T00:00:00.000000Z", extra: 1 },
  { index: 2, name: "mask_threshold", params: {}, timestamp: null, mask_key: "step_2_mask_threshold" },
];
const provenance = {
  environment: { playnano_version: "0.5.0", python_version: "3.11", cores: 4 },
  acquisition: { bidirectional: true },
  processing: { steps, keys_by_name: { mask_threshold: ["step_2_mask_threshold"] } },
  analysis: { frame_times: [0], steps: [], results_by_name: {} },
  other: { of: "playNano" },
};

test("the history is written again as it was read", () => {
  const header = bundleHeader(stored([{}], provenance));
  expect(header.dataset.provenance?.steps.map(({ software, softwareVersion }) => [software, softwareVersion])).toEqual([
    ["playnano", "0.5.0"],
    ["playnano", "0.5.0"],
  ]);
  const { acquisition, ...rest } = bundleProvenance(header, requireBundle(header), { shapes: new Map() });
  const { acquisition: _, ...expected } = provenance;
  expect(rest).toEqual(expected);
  expect(acquisition).toEqual({
    bidirectional: true,
    sluice: { source: "stack.h5", modality: "atomic force microscopy" },
  });
});

test("steps that were added since follow those of playNano", () => {
  const header = bundleHeader(stored([{}], provenance, { processed: new Map([["step_3_zero_mean", one]]) }));
  header.dataset.provenance?.steps.push({
    name: "afm.zero_mean",
    software: "sluice",
    softwareVersion: "0.1.0",
    parameters: { axis: 1 },
    time: new Date("2026-02-03T04:05:06Z"),
    input: "image",
    output: "processed/step_3_zero_mean",
  });
  const { processing } = bundleProvenance(header, requireBundle(header), {
    shapes: new Map([["processed/step_3_zero_mean", [1, 1, 1]]]),
  });
  expect(processing).toEqual({
    steps: [
      ...steps,
      {
        index: 3,
        name: "zero_mean",
        sluice_name: "afm.zero_mean",
        params: { axis: 1 },
        timestamp: "2026-02-03T04:05:06.000Z",
        step_type: "filter",
        version: "0.1.0",
        function_module: "sluice",
        processed_key: "step_3_zero_mean",
        output_summary: { shape: [1, 1, 1], dtype: "float32" },
      },
    ],
    keys_by_name: { mask_threshold: ["step_2_mask_threshold"], zero_mean: ["step_3_zero_mean"] },
  });
});

const one = { dataType: "float32", shape: [1, 1, 1] } as const;

test("what was kept from before an edit wins over what is known now", () => {
  const kept = { frame_metadata_before_edit: [{ timestamp: 1 }], some_state: "value" };
  const header = bundleHeader(stored([{}], {}));
  const records = { "playnano.state_backups": kept };
  const again = { ...header, dataset: { ...header.dataset, records } };
  expect(bundleStateBackups(again, [{ timestamp: 2 }])).toEqual(kept);
  expect(bundleStateBackups(header, [{ timestamp: 2 }])).toEqual({ frame_metadata_before_edit: [{ timestamp: 2 }] });
  expect(bundleStateBackups(header, undefined)).toBeUndefined();
});
