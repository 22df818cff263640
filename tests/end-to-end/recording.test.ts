import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { writeAsd } from "@sluice/afm/testing";
import { filesOf } from "../harness/folder.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(60_000);
const scratch = useScratch();

/** Levels of three frames of 3 x 2 pixels, for each of two channels. */
const levels = { TP: [0, 1000, 2000], ER: [5, 6, 7] };
const frames = (starts: readonly number[]) => starts.map((start) => [0, 1, 2, 3, 4, 5].map((step) => start + step));
/** Unipolar 1 V over 4096 levels; gain 2 and extension 4 nm/V for the topography, 3 nm/V for the error. */
const channels = [
  { flags: [], name: "TP", nmPerLevel: (-1 / 4096) * 2 * 4 },
  { flags: ["--channel", "ER"], name: "ER", nmPerLevel: (1 / 4096) * 3 },
] as const;

test.each(channels)("channel $name of an .asd recording becomes an OME-TIFF in nanometers", async (channel) => {
  const { flags, name, nmPerLevel } = channel;
  const folder = scratch.fresh();
  const recording = join(folder, "movie.asd");
  const asd = writeAsd({ version: 1, fields: { channel2: "ER" }, channels: [frames(levels.TP), frames(levels.ER)] });
  writeFileSync(recording, asd);
  const out = scratch.fresh();
  const settings = ["--set", "ome-tiff.compression=none", "--verify", "--json"];
  const { code, stderr, lines } = await sluice([
    "export",
    recording,
    ...flags,
    "--to",
    "ome-tiff",
    "--out",
    out,
    ...settings,
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(lines.at(-1)).toMatchObject({
    state: "succeeded",
    branches: [
      {
        frames: expect.any(Number),
        verification: { equal: true },
        losses: [{ kind: "dropped", field: "tables.frames" }],
      },
    ],
  });
  expect(filesOf(out)).toEqual(["movie.ome.tif"]);
  const file = readFileSync(join(out, "movie.ome.tif"));
  const heights = new Float32Array(new Uint8Array(file.subarray(16, 16 + 3 * 6 * 4)).buffer);
  expect([...heights]).toEqual(
    frames(levels[name])
      .flat()
      .map((level) => Math.fround(level * nmPerLevel)),
  );
  const xml = file.toString("utf8");
  expect(xml).toContain('PhysicalSizeX="0.002" PhysicalSizeXUnit="µm" PhysicalSizeY="0.0015" PhysicalSizeYUnit="µm"');
  expect(xml).toContain('<Plane TheZ="0" TheT="2" TheC="0" DeltaT="1" DeltaTUnit="s"/>');
});
