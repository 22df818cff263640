import { createHash } from "node:crypto";
import { beforeAll, describe, expect, jest } from "@jest/globals";
import { asBytes, asElements } from "@sluice/core";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { carried, type Variant, variants, type WrittenVariant, writeVariants } from "../harness/variants.ts";

interface BioFormatsFacts {
  readonly sha256: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly type: string;
  readonly resolutions: number;
  readonly pixelSizeX: number;
  readonly channels: readonly string[];
  readonly deltaT: readonly number[];
}

interface ImageJFacts {
  readonly sha256: string;
  readonly planes: number;
  readonly width: number;
  readonly height: number;
  readonly pixelWidth: number;
  readonly pixelHeight: number;
  readonly unit: string;
}

interface JavaFacts {
  readonly version: { readonly bioFormats: string; readonly imageJ: string };
  readonly bioFormats: readonly BioFormatsFacts[];
  readonly imageJ: readonly ImageJFacts[];
}

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const readable = testUnless(python.javaObstacle);
const files = new Map<string, WrittenVariant>();
const bioFormats = new Map<string, BioFormatsFacts>();
const imageJ = new Map<string, ImageJFacts>();

const forBioFormats = variants;
const forImageJ = variants.filter(shownByImageJ);

beforeAll(async () => {
  if (python.javaObstacle) return;
  for (const file of await writeVariants(scratch.fresh())) files.set(file.name, file);
  const paths = (wanted: readonly Variant[]) => wanted.map(({ name }) => files.get(name)?.path);
  const facts = await python.ask<JavaFacts>("scripts/read_with_java.py", {
    bioFormats: paths(forBioFormats),
    imageJ: paths(forImageJ),
  });
  console.info(`Bio-Formats ${facts.version.bioFormats}, ImageJ ${facts.version.imageJ}`);
  for (const [index, { name }] of forBioFormats.entries())
    bioFormats.set(name, facts.bioFormats[index] as BioFormatsFacts);
  for (const [index, { name }] of forImageJ.entries()) imageJ.set(name, facts.imageJ[index] as ImageJFacts);
});

describe("Bio-Formats reads every value, size, time and name that we wrote", () => {
  for (const { name, axes } of forBioFormats) {
    readable(name, () => {
      const { t = 1, c = 1, z = 1, y, x } = axes;
      const facts = bioFormats.get(name);
      expect(facts?.sha256).toBe(files.get(name)?.sha256);
      expect(facts?.sizes).toEqual({ T: t, C: c, Z: z, Y: y, X: x });
      expect(facts?.pixelSizeX).toBeCloseTo(carried.pixelSizeNm.x / 1000, 12);
      expect(facts?.channels).toEqual(Array.from({ length: c }, (_, index) => carried.channelName(index)));
      expect(facts?.deltaT).toHaveLength(axes["t"] ? t * c * z : 0);
      if (axes["t"]) expect(Math.max(...(facts?.deltaT ?? []))).toBe((t - 1) * carried.secondsBetweenFrames);
    });
  }
});

describe("ImageJ, without plugins, shows every value and the pixel size that we wrote", () => {
  for (const { name } of forImageJ) {
    readable(name, () => {
      const file = files.get(name) as WrittenVariant;
      const [height, width] = file.shape.slice(-2);
      const facts = imageJ.get(name);
      expect(facts).toMatchObject({ height, width, planes: file.shape.slice(0, -2).reduce((a, b) => a * b, 1) });
      expect(facts?.sha256).toBe(shownDigest(file));
      // The resolution tags count pixels per centimeter; ImageJ turns sizes that small into micrometers.
      expect([facts?.pixelWidth, facts?.pixelHeight].map((size) => Number(size?.toPrecision(6)))).toEqual([
        carried.pixelSizeNm.x / 1000,
        carried.pixelSizeNm.y / 1000,
      ]);
      expect(facts?.unit).toBe("µm");
    });
  }
});

/** What plain ImageJ can open: no BigTIFF, tiles or predictor, no 64-bit and complex samples. */
function shownByImageJ({ dataType, options }: Variant): boolean {
  const { compression = "deflate", bigTiff, tileSize } = options;
  const types = ["uint8", "uint16", "int16", "float32", "bool"];
  return (
    types.includes(dataType) && ["none", "deflate"].includes(String(compression)) && !bigTiff && tileSize === undefined
  );
}

/** ImageJ shows int16 as uint16, 32768 above. */
function shownDigest({ dataType, bytes }: WrittenVariant): string {
  const values = Float64Array.from(asElements(dataType as "int16", bytes), (value) =>
    dataType === "int16" ? value + 32768 : value,
  );
  return createHash("sha256").update(asBytes(values)).digest("hex");
}
