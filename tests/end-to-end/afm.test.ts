import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { asElements, type DatasetStream, type DataType, type Loader } from "@sluice/core";
import { hdf5Loader } from "@sluice/hdf5-service";
import { npzLoader } from "@sluice/npz";
import { omeTiffLoader } from "@sluice/ome-tiff";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { filesOf } from "../harness/folder.ts";
import { movie, writeOmeTiff } from "../harness/movies.ts";
import { sharedData } from "../harness/paths.ts";
import { useScratch } from "../harness/scratch.ts";
import { startService } from "../harness/service.ts";
import { sluice } from "../harness/sluice.ts";
import { arraysOf, frameTimes, sha256 } from "../harness/stream-values.ts";
import { withoutVolatileTexts } from "../harness/volatile.ts";

jest.setTimeout(120_000);
const scratch = useScratch();

const formats = ["ome-tiff", "npz", "hdf5", "gif"];
const steps = ["--step", "afm.remove_plane", "--step", "afm.gaussian_filter:sigma=1"];
const filtered = ["gif", "h5", "npz", "ome.tif"].map((extension) => `test_stack_filtered.${extension}`);
const readers: Readonly<Record<string, Loader>> = { "ome.tif": omeTiffLoader, npz: npzLoader, h5: hdf5Loader };

async function exported(input: string, ...flags: string[]): Promise<string> {
  const out = scratch.fresh("out");
  const { code, stderr, lines } = await sluice(["export", input, "--out", out, "--json", ...flags]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(lines.at(-1)).toMatchObject({ type: "summary", state: "succeeded" });
  return out;
}

/** What a file holds, read by our own loader: values as numbers, by array. */
async function contentOf(path: string) {
  const loader = Object.entries(readers).find(([extension]) => path.endsWith(`.${extension}`))?.[1] as Loader;
  const stream: DatasetStream = await loader.load(path, {});
  const bytes = await arraysOf(stream);
  const types = new Map(stream.header.arrays.map(({ name, dataType }) => [name, dataType as DataType]));
  const values = (name: string) =>
    Array.from(asElements(types.get(name) as "float32", bytes.get(name) as Uint8Array), Number);
  return { header: stream.header, bytes, values, times: frameTimes(stream, bytes) };
}

interface Golden {
  readonly sum: number;
  readonly px_0_0_0: number;
  readonly px_0_63_63: number;
  readonly px_last_100_17: number;
}

function goldenOf(recording: string, step: string): Golden {
  return JSON.parse(readFileSync(sharedData("playnano/golden_playnano.json"), "utf8"))[recording][step] as Golden;
}

/** Compares with numbers that float32 has rounded. */
function expectGolden(values: readonly number[], [rows, columns]: readonly [number, number], golden: Golden): void {
  const frame = rows * columns;
  const last = values.length - frame;
  const found = [values[0], values[63 * columns + 63], values[last + 100 * columns + 17]];
  const wanted = [golden.px_0_0_0, golden.px_0_63_63, golden.px_last_100_17];
  for (const [index, value] of wanted.entries()) {
    expect(Math.abs((found[index] as number) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -23);
  }
}

const recordings = [
  { file: "afm/asd_sample_0.asd", golden: "asd_TP_nm", size: [200, 200] as const, channel: [] },
  {
    file: "afm/sample_0.h5-jpk",
    golden: "h5jpk_height_trace_nm",
    size: [128, 128] as const,
    channel: ["--channel", "height_trace"],
  },
];

for (const { file, golden, size, channel } of recordings) {
  testUnless(sharedDataMissing("afm") ?? sharedDataMissing("playnano"))(
    `${file}: two steps, four formats, one pass; playNano's numbers in each, and back from each`,
    async () => {
      const flags = ["--to", formats.join(","), "--name", "test_stack", "--layers", "all", "--verify", ...channel];
      const out = await exported(sharedData(file), ...steps, ...flags);
      expect(filesOf(out)).toEqual(filtered);
      const [npz, h5, tif] = await Promise.all(
        ["npz", "h5", "ome.tif"].map((extension) => contentOf(join(out, `test_stack_filtered.${extension}`))),
      );
      if (!npz || !h5 || !tif) throw new Error("three files");
      for (const { values } of [npz, h5])
        expectGolden(values("processed/step_1_remove_plane"), size, goldenOf(golden, "remove_plane"));
      for (const { bytes, times, header } of [h5, tif]) {
        expect(sha256(bytes.get("image") as Uint8Array)).toBe(sha256(npz.bytes.get("image") as Uint8Array));
        expect(times).toEqual(npz.times);
        expect(header.dataset.provenance?.steps).toEqual(npz.header.dataset.provenance?.steps);
      }
      const layers = ["raw", "step_1_remove_plane", "step_2_gaussian_filter"];
      for (const { header } of [npz, h5])
        expect(header.dataset.imageStacks[0]?.layers.map(({ name }) => name)).toEqual(layers);
      const blurred = await exported(
        sharedData(file),
        "--step",
        "afm.gaussian_filter:sigma=1",
        "--to",
        "npz",
        ...channel,
      );
      const { values } = await contentOf(join(blurred, filesOf(blurred)[0] as string));
      expectGolden(values("image"), size, goldenOf(golden, "gaussian_filter_sigma1.0"));
    },
  );
}

test("five services in five processes and the gateway give the artifacts of one process", async () => {
  const input = (await writeOmeTiff(movie({ frames: 5, height: 40, width: 50 }), scratch.fresh("input"), "test_stack"))
    .path;
  const services = await Promise.all([...formats, "analysis"].map((name) => startService(name)));
  const gateway = await startService("gateway", {
    SLUICE_FORMATS: formats.map((format, index) => `${format}=${services[index]?.address}`).join(","),
    SLUICE_ANALYSIS: String(services.at(-1)?.address),
  });
  const flags = [...steps, "--step", "afm.mask_mean_offset", "--to", formats.join(","), "--layers", "all"];
  const here = await exported(input, ...flags);
  const there = await exported(input, ...flags, "--gateway", gateway.address);
  expect(filesOf(here)).toEqual(filtered);
  expect(filesOf(there)).toEqual(filtered);
  for (const name of ["gif", "h5", "ome.tif"].map((extension) => `test_stack_filtered.${extension}`)) {
    const [one, other] = [here, there].map((out) => withoutVolatileTexts(readFileSync(join(out, name))));
    expect({ name, same: one?.equals(other as Buffer) }).toEqual({ name, same: true });
  }
  // Inside of an NPZ the times of the steps are packed.
  const [one, other] = await Promise.all([here, there].map((out) => contentOf(join(out, "test_stack_filtered.npz"))));
  expect(other?.bytes).toEqual(one?.bytes);
  const [first, second] = [one, other].map((file) =>
    withoutVolatileTexts(Buffer.from(JSON.stringify(file?.header))).toString(),
  );
  expect(second).toBe(first);
});

test("names keep their dots, say what was done, and are refused where they cannot be names", async () => {
  const source = movie({ frames: 2, height: 8, width: 9, name: "run_1.5um" });
  const input = (await writeOmeTiff(source, scratch.fresh("input"), "run_1.5um")).path;
  const named = async (...flags: string[]) => filesOf(await exported(input, "--to", "npz,hdf5", ...flags));
  expect(await named()).toEqual(["run_1.5um.h5", "run_1.5um.npz"]);
  expect(await named("--step", "afm.mask_mean_offset")).toEqual(["run_1.5um.h5", "run_1.5um.npz"]);
  expect(await named(...steps)).toEqual(["run_1.5um_filtered.h5", "run_1.5um_filtered.npz"]);
  expect(await named(...steps, "--raw")).toEqual(["run_1.5um.h5", "run_1.5um.npz"]);
  expect(await named("--name", "sample.v1.2")).toEqual(["sample.v1.2.h5", "sample.v1.2.npz"]);
  for (const name of ["a/b", "..", " a", "a:b", "a?", ""]) {
    const { code, lines } = await sluice(["export", input, "--to", "npz", "--name", name, "--out", ".", "--json"]);
    expect({ name, code, line: lines.at(-1) }).toMatchObject({ name, code: 2, line: { reason: "NAME_INVALID" } });
  }
});

test("the raw data come back from every bundle, with their times and without the history", async () => {
  const input = (await writeOmeTiff(movie({ frames: 4, height: 8, width: 9 }), scratch.fresh("input"), "movie")).path;
  const source = await contentOf(input);
  const edits = ["--step", "afm.drop_frames:indices_to_drop=[1]", ...steps];
  const out = await exported(input, ...edits, "--to", "npz,hdf5");
  for (const name of filesOf(out)) {
    const processed = await contentOf(join(out, name));
    expect({ name, times: processed.times }).toEqual({ name, times: [0, 1, 1.5] });
    const again = await exported(join(out, name), "--raw", "--to", "npz,hdf5,ome-tiff");
    for (const rawName of filesOf(again)) {
      const raw = await contentOf(join(again, rawName));
      expect({ rawName, times: raw.times }).toEqual({ rawName, times: [0, 0.5, 1, 1.5] });
      expect(raw.values("image")).toEqual(source.values("image"));
      expect(raw.header.dataset.imageStacks[0]).toMatchObject({ layers: [], maskArrays: [] });
      expect(raw.header.dataset.provenance?.steps).toEqual([]);
    }
  }
});

test("one frame goes into every format and back", async () => {
  const input = (await writeOmeTiff(movie({ frames: 1, height: 8, width: 9 }), scratch.fresh("input"), "one")).path;
  const out = await exported(input, ...steps, "--to", "npz,hdf5,ome-tiff");
  const files = await Promise.all(filesOf(out).map((name) => contentOf(join(out, name))));
  for (const { header, values, times } of files) {
    expect(header.arrays.find(({ name }) => name === "image")?.axes.map(({ size }) => size)).toEqual([1, 8, 9]);
    expect(values("image")).toEqual(files[0]?.values("image"));
    expect(times).toEqual([0]);
    expect(header.dataset.provenance?.steps.map(({ name }) => name)).toEqual([
      "afm.remove_plane",
      "afm.gaussian_filter",
    ]);
  }
});
