import { join } from "node:path";
import { beforeAll, describe, expect, jest } from "@jest/globals";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { sharedData } from "../harness/paths.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { startChain } from "../harness/service.ts";
import { sluice } from "../harness/sluice.ts";
import type { TiffFacts } from "../harness/tiff-facts.ts";

jest.setTimeout(120_000);
const python = await pythonEnvironment();
const scratch = useScratch();

const recordings = [
  {
    file: "afm/asd_sample_0.asd",
    more: [],
    artifact: "asd_sample_0.ome.tif",
    shape: { SizeT: "32", SizeC: "1", SizeZ: "1", SizeY: "200", SizeX: "200" },
    pixelSizeMicrometers: 0.0005,
    sum: -251179816.918,
    deltaT: Array.from({ length: 32 }, (_, second) => second),
  },
  {
    file: "afm/sample_0.h5-jpk",
    more: ["--channel", "height_trace"],
    artifact: "sample_0.ome.tif",
    shape: { SizeT: "4", SizeC: "1", SizeZ: "1", SizeY: "128", SizeX: "128" },
    pixelSizeMicrometers: 0.001171875,
    sum: 48525583.047271535,
    deltaT: [0, 3.275, 6.55, 9.825],
  },
];

for (const place of ["in this process", "through a gateway and a service"]) {
  describe(`real recordings, exported ${place}, are read by tifffile`, () => {
    const obstacle = python.obstacle ?? sharedDataMissing("afm");
    let gateway: string[] = [];

    beforeAll(async () => {
      if (obstacle || place === "in this process") return;
      gateway = ["--gateway", (await startChain()).gateway.address];
    });

    for (const { file, more, artifact, shape, pixelSizeMicrometers, sum, deltaT } of recordings) {
      testUnless(obstacle)(file, async () => {
        const out = scratch.fresh();
        const exported = ["export", sharedData(file), ...more, "--to", "ome-tiff", "--out", out, "--json", ...gateway];
        const { code, lines, stderr } = await sluice(exported);
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(lines.at(-1)).toMatchObject({ type: "summary", state: "succeeded" });
        const [facts] = await python.ask<TiffFacts[]>("scripts/describe_tiff.py", [join(out, artifact)]);
        const pixels = facts?.ome?.pixels ?? {};
        expect(facts?.dtype).toBe("float32");
        expect(pixels).toMatchObject({ ...shape, Type: "float", PhysicalSizeXUnit: "µm", PhysicalSizeYUnit: "µm" });
        expect(Number(pixels["PhysicalSizeX"])).toBeCloseTo(pixelSizeMicrometers, 15);
        expect(Number(pixels["PhysicalSizeY"])).toBeCloseTo(pixelSizeMicrometers, 15);
        expect(Math.abs(Number(facts?.sum) / sum - 1)).toBeLessThan(1e-6);
        expect(facts?.ome?.deltaT).toEqual(deltaT.map((time) => expect.closeTo(time, 9)));
        expect(facts?.ome?.deltaTUnits).toEqual(["s"]);
      });
    }
  });
}
