import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import type { DatasetStream } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { ProvenanceStep } from "@sluice/proto";
import { withFile } from "@sluice/source/testing";
import { omeTiffLoader } from "./loader.ts";
import { PlaynanoTag } from "./playnano-fields.ts";
import { exportToMemory } from "./testing/export-to-memory.ts";
import { openTiff } from "./testing/tiff-facts.ts";

const space = (name: string) => ({ name, unit: "nanometer", scale: 0.5 });
const step = ProvenanceStep.fromPartial({
  name: "afm.remove_plane",
  software: "sluice",
  softwareVersion: "0.1.0",
  input: "processed/raw",
  output: "processed/step_1_remove_plane",
});

function movie(modality: string): DatasetStream {
  const image = {
    name: "image",
    dataType: "float32" as const,
    shape: [2, 1, 2],
    data: Float32Array.of(1, 2, 3, 4),
    axes: [{ name: "t", unit: "second", scale: 3 }, space("y"), space("x")],
  };
  return memoryStream([image, { ...image, name: "processed/raw" }], {
    imageStack: { modality, layers: [{ name: "raw", array: "processed/raw" }] },
    dataset: { provenance: { steps: [step], source: "a.asd", acquiredTime: undefined, environment: {} } },
  });
}

async function fieldsOf(stream: DatasetStream, options = {}) {
  const { bytes } = await exportToMemory(stream, options);
  const { fileDirectory } = await (await openTiff(bytes)).getImage(0);
  const jsonOf = async (tag: number) => {
    const value: unknown = await fileDirectory.loadValue(tag);
    return value === undefined ? undefined : JSON.parse(Buffer.from(value as Uint8Array).toString());
  };
  return { provenance: await jsonOf(PlaynanoTag.provenance), layers: await jsonOf(PlaynanoTag.layers) };
}

test.each([{}, { bigTiff: true }])(
  "a movie of an atomic force microscope has its history in playNano's tags %p",
  async (options) => {
    const { provenance, layers } = await fieldsOf(movie("atomic force microscopy"), options);
    expect(layers).toEqual(["raw"]);
    expect(provenance).toMatchObject({
      acquisition: { sluice: { source: "a.asd" } },
      processing: { steps: [{ index: 1, name: "remove_plane", step_type: "filter", function_module: "sluice" }] },
    });
  },
);

test("other movies and chosen layers have none", async () => {
  expect(await fieldsOf(movie("two-photon"))).toEqual({});
  expect(await fieldsOf(movie("atomic force microscopy"), { image: "processed/raw" })).toEqual({});
});

const sample = fileURLToPath(new URL("../../../../shared/data/playnano/pn_bundle_filtered.ome.tif", import.meta.url));
const testSample = existsSync(sample) ? test : test.skip;

testSample(`playNano's own file${existsSync(sample) ? "" : " (SKIPPED: ../shared/data is not there)"}`, async () => {
  const { header } = await omeTiffLoader.load(sample, {});
  expect(header.dataset).toMatchObject({
    imageStacks: [{ modality: "atomic force microscopy", channels: [{ name: "height_trace" }] }],
    provenance: {
      source: "pn_bundle_filtered.ome.tif",
      steps: [
        { name: "row_median_align", software: "playnano", output: "processed/step_1_row_median_align" },
        { name: "mask_threshold", software: "playnano", output: "masks/step_2_mask_threshold" },
      ],
    },
  });
  const { bytes } = await exportToMemory(await omeTiffLoader.load(sample, {}));
  const again = await withFile(bytes, async (path) => (await omeTiffLoader.load(path, {})).header.dataset);
  expect(again.provenance?.steps).toEqual(header.dataset.provenance?.steps);
  expect(again.records?.["playnano.provenance"]).toEqual(header.dataset.records?.["playnano.provenance"]);
});
