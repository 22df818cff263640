import { createHash } from "node:crypto";
import { describe, expect, jest } from "@jest/globals";
import { asBytes, asElements } from "@sluice/core";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { carried, pathsOf, type Variant, variants, type WrittenVariant, writeVariants } from "../harness/variants.ts";

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
// Bio-Formats refuses complex TIFF samples: "64-bit int data not supported".
const forBioFormats = variants.filter(({ dataType }) => !dataType.startsWith("complex"));
const forImageJ = variants.filter(shownByImageJ);
const files = python.javaObstacle ? [] : await writeVariants(scratch.folder);
const { version, ...facts } = python.javaObstacle
  ? { version: undefined, bioFormats: [], imageJ: [] }
  : await python.ask<JavaFacts>("scripts/read_with_java.py", {
      bioFormats: pathsOf(files.filter(({ name }) => forBioFormats.some((variant) => variant.name === name))),
      imageJ: pathsOf(files.filter(({ name }) => forImageJ.some((variant) => variant.name === name))),
    });
if (version) console.info(`Bio-Formats ${version.bioFormats}, ImageJ ${version.imageJ}`);

function fileOf(name: string): WrittenVariant {
  return files.find((file) => file.name === name) as WrittenVariant;
}

describe("Bio-Formats reads every value, size, time and name that we wrote", () => {
  for (const [index, { name, axes }] of forBioFormats.entries()) {
    readable(name, () => {
      const { t = 1, c = 1, z = 1, y, x } = axes;
      const found = facts.bioFormats[index];
      expect(found?.sha256).toBe(fileOf(name).sha256);
      expect(found?.sizes).toEqual({ T: t, C: c, Z: z, Y: y, X: x });
      expect(found?.pixelSizeX).toBeCloseTo(carried.pixelSizeNm.x / 1000, 12);
      expect(found?.channels).toEqual(Array.from({ length: c }, (_, channel) => carried.channelName(channel)));
      expect(found?.deltaT).toHaveLength(axes["t"] ? t * c * z : 0);
      if (axes["t"]) expect(Math.max(...(found?.deltaT ?? []))).toBe((t - 1) * carried.secondsBetweenFrames);
    });
  }
});

describe("ImageJ, without plugins, shows every value and the pixel size that we wrote", () => {
  for (const [index, { name }] of forImageJ.entries()) {
    readable(name, () => {
      const file = fileOf(name);
      const [height, width] = file.shape.slice(-2);
      const found = facts.imageJ[index];
      expect(found).toMatchObject({ height, width, planes: file.shape.slice(0, -2).reduce((a, b) => a * b, 1) });
      expect(found?.sha256).toBe(shownDigest(file));
      // ImageJ reads the resolution tags, pixels per centimeter, as it finds them.
      expect(found?.unit).toBe("cm");
      expect(found?.pixelWidth).toBeCloseTo(carried.pixelSizeNm.x * 1e-7, 15);
      expect(found?.pixelHeight).toBeCloseTo(carried.pixelSizeNm.y * 1e-7, 15);
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
