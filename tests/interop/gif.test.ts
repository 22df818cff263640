import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, jest } from "@jest/globals";
import { asBytes, type RawOptions, Stopwatch } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { gif } from "@sluice/gif";
import { memorySink } from "@sluice/sink/testing";
import sharp from "sharp";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { sharedData } from "../harness/paths.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(120_000);
const python = await pythonEnvironment();
const scratch = useScratch();

/** What Pillow and NumPy find in a movie. */
interface MovieFacts {
  readonly shape: readonly number[];
  readonly durations: readonly (number | null)[];
  readonly whiteRuns: readonly number[];
  /** Pixels that are not those of the render, and those among them that annotations cannot explain. */
  readonly differing?: number;
  readonly foreign?: number;
}

interface Variant {
  readonly name: string;
  readonly options: RawOptions;
  readonly colorMap?: string;
  readonly range?: unknown;
}

const bare = { timestamp: "none", scaleBarNm: "none" };
const variants: readonly Variant[] = [
  { name: "bare", options: bare },
  { name: "annotated", options: {} },
  {
    name: "viridis, fixed",
    options: { ...bare, colorMap: "viridis", range: "fixed", zMin: -2, zMax: 9 },
    colorMap: "viridis",
    range: [-2, 9],
  },
  {
    name: "magma reversed, each frame",
    options: { ...bare, colorMap: "magma_r", range: "frame" },
    colorMap: "magma_r",
    range: "frame",
  },
  { name: "WebP", options: { container: "webp" } },
  { name: "PNG", options: { ...bare, container: "png", colorMap: "grey" }, colorMap: "gray" },
];

// Irregular times, in which rounding would add up.
const seconds = Float64Array.of(0, 0.333, 0.777, 1.004, 1.5, 1.6005, 3.2);
const shape = [seconds.length, 90, 130] as const;
const values = Float64Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, index) =>
  index % 997 === 0 ? Number.NaN : 5 * Math.sin(index / 700) + 3 * Math.cos(index * 0.37) + index / 50_000,
);

async function writeMovie({ options }: Variant, folder: string): Promise<string[]> {
  const stream = memoryStream(
    [
      {
        name: "image",
        dataType: "float64",
        shape,
        data: values,
        axes: [
          { name: "t", coordinatesArray: "when" },
          { name: "y", unit: "nm", scale: 1.5 },
          { name: "x", unit: "nm", scale: 1.5 },
        ],
      },
      { name: "when", dataType: "float64", shape: [shape[0]], data: seconds, axes: ["t"], spec: { unit: "s" } },
    ],
    { imageStack: {} },
  );
  const sink = memorySink();
  await gif.export(stream, options, sink, {
    signal: new AbortController().signal,
    jobId: "job",
    name: "movie",
    clock: new Stopwatch(),
    now: () => new Date(0),
    uuid: () => "uuid",
  });
  for (const [path, bytes] of sink.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return [...sink.files.keys()].map((path) => join(folder, path));
}

describe("Pillow reads every movie, and its pixels are those of NumPy and matplotlib", () => {
  for (const variant of variants) {
    const { name, options, colorMap = "afmhot", range = "percentile" } = variant;
    testUnless(python.obstacle)(name, async () => {
      const folder = scratch.fresh();
      const paths = await writeMovie(variant, folder);
      const raw = join(folder, "values.raw");
      await writeFile(raw, asBytes(values));
      const [facts] = await python.ask<MovieFacts[]>("scripts/describe_movies.py", [
        { paths, values: raw, shape, colorMap, range },
      ]);
      const annotated = options["timestamp"] === undefined;
      expect(facts).toMatchObject({ shape, foreign: 0 });
      if (annotated) expect(facts?.differing).toBeGreaterThan(500);
      else expect(facts?.differing).toBe(0);
      const container = options["container"] ?? "gif";
      // The last frame lasts as long as the one before.
      const ends = [...seconds.slice(1), 4.7995];
      const tick = container === "gif" ? 10 : 1;
      const rounded = ends.map((end) => Math.round((end * 1000) / tick) * tick);
      const lasting = rounded.map((end, index) => end - (rounded[index - 1] ?? 0));
      if (container !== "png") expect(facts?.durations).toEqual(lasting);
    });
  }
});

testUnless(python.obstacle)("sharp reads the same frames and delays as Pillow", async () => {
  const [path] = await writeMovie({ name: "", options: {} }, scratch.fresh());
  const { pages, pageHeight, width, delay, loop } = await sharp(path, { animated: true }).metadata();
  const [facts] = await python.ask<MovieFacts[]>("scripts/describe_movies.py", [{ path }]);
  expect([pages, pageHeight, width]).toEqual(facts?.shape);
  expect(delay).toEqual(facts?.durations);
  expect(loop).toBe(0);
});

testUnless(python.obstacle ?? sharedDataMissing("afm"))(
  "a recording: delays of its recorded times, and a bar of 50 nm that measures 43 pixels",
  async () => {
    const out = scratch.fresh();
    const input = sharedData("afm/sample_0.h5-jpk");
    const { code, lines } = await sluice([
      "export",
      input,
      "--channel",
      "height_trace",
      "--to",
      "gif",
      "--out",
      out,
      "--json",
    ]);
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ type: "summary", state: "succeeded" });
    expect(await readdir(out)).toEqual(["sample_0.gif"]);
    const [facts] = await python.ask<MovieFacts[]>("scripts/describe_movies.py", [{ path: join(out, "sample_0.gif") }]);
    expect(facts).toMatchObject({
      shape: [4, 128, 128],
      durations: [3280, 3270, 3280, 3270],
      whiteRuns: [43, 43, 43, 43],
    });
  },
);
