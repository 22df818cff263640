import { describe, expect, jest } from "@jest/globals";
import { testUnless } from "../harness/availability.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import type { TiffFacts } from "../harness/tiff-facts.ts";
import { carried, pathsOf, variants, type WrittenVariant, writeVariants } from "../harness/variants.ts";

jest.setTimeout(120_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const readable = testUnless(python.obstacle);
const files = python.obstacle ? [] : await writeVariants(scratch.folder);
const allFacts = python.obstacle ? [] : await python.ask<TiffFacts[]>("scripts/describe_tiff.py", pathsOf(files));

function resultOf(name: string): { file: WrittenVariant; facts: TiffFacts } {
  const index = files.findIndex((file) => file.name === name);
  return { file: files[index] as WrittenVariant, facts: allFacts[index] as TiffFacts };
}

describe("tifffile reads every value that we wrote", () => {
  for (const { name } of variants) {
    readable(name, () => {
      const { file, facts } = resultOf(name);
      const pages = file.shape.slice(0, -2).reduce((product, length) => product * length, 1);
      expect({ sha256: facts.sha256, dtype: facts.dtype, pages: facts.pages }).toEqual({
        sha256: file.sha256,
        dtype: file.dataType === "bool" ? "uint8" : file.dataType,
        pages,
      });
    });
  }
});

describe("the OME-XML says what the stream said", () => {
  for (const { name, axes } of variants) {
    readable(name, () => {
      const ome = resultOf(name).facts.ome;
      const { t = 1, c = 1, z = 1, y, x } = axes;
      expect(ome?.images).toBe(1);
      expect(ome?.pixels).toMatchObject({
        SizeT: String(t),
        SizeC: String(c),
        SizeZ: String(z),
        SizeY: String(y),
        SizeX: String(x),
        DimensionOrder: `XY${omeOrder(Object.keys(axes))}`,
        BigEndian: "false",
        ...size("Y"),
        ...size("X"),
        ...(axes["z"] && size("Z")),
      });
      expect(ome?.channels).toEqual(Array.from({ length: c }, (_, index) => carried.channelName(index)));
      if (axes["t"]) {
        const places = placesOf(axes);
        expect(ome?.planes).toEqual(places);
        expect(ome?.deltaT).toEqual(places.map(([time = 0]) => time * carried.secondsBetweenFrames));
        expect(ome?.deltaTUnits).toEqual(["s"]);
        expect(Number(ome?.pixels["TimeIncrement"])).toBe(carried.secondsBetweenFrames);
      } else expect(ome?.planes).toEqual([]);
    });
  }

  function size(axis: "X" | "Y" | "Z") {
    const micrometers = carried.pixelSizeNm[axis.toLowerCase() as "x" | "y" | "z"] / 1000;
    return { [`PhysicalSize${axis}`]: String(micrometers), [`PhysicalSize${axis}Unit`]: "µm" };
  }
});

describe("files are laid out as the options say", () => {
  readable("compression", () => {
    const layouts = variants.map(({ name }) => {
      const { compression, predictor, bigTiff, tiled } = resultOf(name).facts;
      return { name, compression, predictor, bigTiff, tiled };
    });
    expect(layouts).toEqual(
      variants.map(({ name, dataType, options }) => {
        const { compression = "deflate" } = options;
        const integers = !/float|complex/.test(dataType);
        return {
          name,
          // One byte a plane does not get smaller: the writer leaves it as it is.
          compression:
            name === "one-pixel" ? "NONE" : ({ none: "NONE", zstd: "ZSTD" }[String(compression)] ?? "ADOBE_DEFLATE"),
          predictor: compression === "small" && integers ? "HORIZONTAL" : "NONE",
          bigTiff: options["bigTiff"] === true,
          tiled: options["tileSize"] !== undefined,
        };
      }),
    );
  });
});

describe("every level of a pyramid is the 2 x 2 mean of the level above", () => {
  for (const { name, axes, options } of variants.filter((item) => item.options["pyramid"] !== undefined)) {
    readable(name, () => {
      const { facts, file } = resultOf(name);
      const { y = 0, x = 0 } = axes;
      const pages = file.shape.slice(0, -2).reduce((product, length) => product * length, 1);
      const sizes = [];
      for (let [height, width] = [y, x]; levelsGoOn(height, width, sizes.length); ) {
        [height, width] = [Math.ceil(height / 2), Math.ceil(width / 2)];
        sizes.push({ size: [height, width], pages, isMean: true });
      }
      expect(facts.levels).toEqual(sizes);
    });

    function levelsGoOn(height: number, width: number, levels: number): boolean {
      const { pyramid, tileSize } = options;
      return pyramid === true ? Math.max(height, width) > Number(tileSize) : levels < Number(pyramid);
    }
  }
});

/** Outer axes fastest first, completed as OME wants it. */
function omeOrder(axes: readonly string[]): string {
  const outer = axes
    .slice(0, -2)
    .map((name) => name.toUpperCase())
    .toReversed();
  const orders = ["ZCT", "CZT", "ZTC", "CTZ", "TZC", "TCZ"];
  const fitting = orders.find(
    (order) =>
      order
        .split("")
        .filter((name) => outer.includes(name))
        .join("") === outer.join(""),
  );
  return fitting ?? "";
}

/** [t, c, z] of every plane in the order of the file. */
function placesOf(axes: Readonly<Record<string, number>>): number[][] {
  const outer = Object.entries(axes).slice(0, -2);
  let places: Record<string, number>[] = [{}];
  for (const [name, length] of outer) {
    places = places.flatMap((place) => Array.from({ length }, (_, index) => ({ ...place, [name]: index })));
  }
  return places.map(({ t = 0, c = 0, z = 0 }) => [t, c, z]);
}
