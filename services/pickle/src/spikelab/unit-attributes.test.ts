import { expect, test } from "@jest/globals";
import { asBytes } from "@sluice/core";
import { ArraySpec } from "@sluice/proto";
import { raggedFrames } from "@sluice/spikes";
import { smallTable, spikeStream } from "@sluice/spikes/testing";
import { protocols } from "../python/opcodes.ts";
import { exportToMemory } from "../testing/export-to-memory.ts";
import { numbers, recording } from "../testing/recording.ts";
import { arrayOf } from "../testing/unpickled.ts";

const profile = "spikelab";

test.each(protocols)("what is said of each unit is an attribute of its neuron, protocol %i", async (protocol) => {
  const unit = { name: "unit" };
  const templates = Float32Array.from({ length: 3 * 2 * 2 }, (_, index) => index / 2);
  const stream = spikeStream([[1], [], [2, 3]], {
    spikes: { unitsTable: "units", templatesArray: "spikes/templates", amplitudesArray: "spikes/amplitudes" },
    tables: [smallTable("units", 9, { electrode: [4, null, 5] })],
    arrays: [
      { name: "spikes/cv", dataType: "float64", shape: [3], data: Float64Array.of(0.5, Number.NaN, 1), axes: [unit] },
      {
        name: "spikes/templates",
        dataType: "float32",
        shape: [3, 2, 2],
        data: templates,
        axes: [unit, "sample", "channel"],
      },
      { name: "other/cv", dataType: "int16", shape: [3, 1], data: Int16Array.of(7, 8, 9), axes: [unit, "x"] },
      { name: "spikes/elsewhere", dataType: "float64", shape: [3, 1], data: new Float64Array(3), axes: ["x", "y"] },
    ],
  });
  const ragged = [77, 78].map((arrayId, index) =>
    ArraySpec.fromPartial({ ...stream.header.arrays[0], arrayId, name: `spikes/${["amplitudes", "isi"][index]}` }),
  );
  const header = { ...stream.header, arrays: [...stream.header.arrays, ...ragged] };
  const rows = [[], [0.25], [1, 2]];
  async function* frames() {
    yield* stream.frames;
    for (const arrayId of [77, 78]) {
      yield* raggedFrames(
        arrayId,
        rows.map((row) => Float64Array.from(row)),
      );
    }
  }
  const { bytes, findings } = await exportToMemory({ header, frames: frames() }, { profile, protocol });
  const neurons = recording(bytes).rest["neuron_attributes"] as Map<string, unknown>[];
  expect(neurons.map((neuron) => [...neuron.keys()])).toEqual([
    ["electrode", "cv", "template", "cv_2", "isi"],
    ["cv", "template", "cv_2", "isi"],
    ["electrode", "cv", "template", "cv_2", "isi"],
  ]);
  expect(neurons.map((neuron) => neuron.get("cv"))).toEqual([0.5, Number.NaN, 1]);
  for (const [index, neuron] of neurons.entries()) {
    const template = templates.slice(4 * index, 4 * index + 4);
    expect(arrayOf(neuron.get("template"))).toEqual({
      dataType: "float32",
      shape: [2, 2],
      fortran: false,
      bytes: asBytes(template),
    });
    expect(arrayOf(neuron.get("cv_2"))).toMatchObject({
      dataType: "int16",
      shape: [1],
      bytes: Uint8Array.of(7 + index, 0),
    });
    expect(numbers(neuron.get("isi"))).toEqual(rows[index]);
  }
  expect(findings.losses?.map(({ field }) => field)).toEqual([
    "arrays.spikes/elsewhere",
    "arrays.spikes/amplitudes",
    "tables.units",
  ]);
  expect(findings.digests?.map(({ array }) => array).toSorted()).toEqual([
    "other/cv",
    "spikes/cv",
    "spikes/isi",
    "spikes/templates",
  ]);
});

test("a template larger than a block, and units whose rows are missing", async () => {
  const unit = { name: "unit" };
  const data = Float64Array.from({ length: 2 * 600 * 1200 }, (_, index) => index);
  const arrays = [{ name: "big", dataType: "float64" as const, shape: [2, 600, 1200], data, axes: [unit, "a", "b"] }];
  const { bytes } = await exportToMemory(spikeStream([[], []], { arrays }), { profile });
  const neurons = recording(bytes).rest["neuron_attributes"] as Map<string, unknown>[];
  for (const [index, neuron] of neurons.entries()) {
    const { shape, bytes: found } = arrayOf(neuron.get("big"));
    expect(shape).toEqual([600, 1200]);
    expect(Buffer.from(found).equals(asBytes(data.slice(720_000 * index, 720_000 * (index + 1))))).toBe(true);
  }
  const stream = spikeStream([[], []], {
    arrays: [{ name: "few", dataType: "float64", shape: [1, 1], data: new Float64Array(1), axes: [unit, "x"] }],
  });
  stream.header.arrays[1]!.axes[0]!.size = 2;
  const end = { sequence: 0, content: { $case: "arrayEnd" as const, value: { arrayId: 1, shape: [1, 1] } } };
  async function* frames() {
    yield* stream.frames;
    yield end;
  }
  const cut = exportToMemory({ header: stream.header, frames: frames() }, { profile });
  await expect(cut).rejects.toMatchObject({ problem: { reason: "LENGTH_MISMATCH", field: "arrays.few" } });
});
