import { expect, test } from "@jest/globals";
import { checkHeader, type SluiceError } from "@sluice/core";
import { movieValues } from "../testing/movie-values.ts";
import { simulateAfmMovie } from "./simulate-afm-movie.ts";

const small = { frames: 3, height: 64, width: 80, seed: 7, pixelSizeNm: 0.5, frameIntervalSeconds: 0.2 };

async function images(movie: typeof small): Promise<number[][]> {
  const { arrays } = await movieValues(simulateAfmMovie(movie));
  const pixels = movie.height * movie.width;
  const all = arrays["image"] ?? [];
  return Array.from({ length: movie.frames }, (_, index) => all.slice(index * pixels, (index + 1) * pixels));
}

test("describes itself as what it is", () => {
  const { header } = simulateAfmMovie(small);
  expect(checkHeader(header)).toEqual([]);
  expect(header.arrays[0]).toMatchObject({ dataType: "float32", unit: "nm" });
  expect(header.arrays[0]?.axes.map(({ size, scale }) => [size, scale])).toEqual([
    [3, 0.2],
    [64, 0.5],
    [80, 0.5],
  ]);
  expect(header.dataset).toMatchObject({
    name: "simulated-afm",
    sessionStartTime: undefined,
    provenance: { source: "", steps: [{ name: "afm.simulate", parameters: small }] },
    imageStacks: [{ lineRateHz: 320 }],
  });
});

test("gives the same movie for the same seed, and another one for another", async () => {
  const [first, second, other] = [await images(small), await images(small), await images({ ...small, seed: 8 })];
  expect(second).toEqual(first);
  expect(other).not.toEqual(first);
});

test("shows molecules of some nanometres that move on a tilted surface", async () => {
  const movie = await images(small);
  for (const image of movie) {
    const span = Math.max(...image) - Math.min(...image);
    expect(span).toBeGreaterThan(2.5);
    expect(span).toBeLessThan(12);
  }
  const [first = [], second = []] = movie;
  const changed = first.filter((value, index) => Math.abs(value - (second[index] as number)) > 1).length;
  expect(changed).toBeGreaterThan(20);
  const median = (from: number, to: number) => {
    const part = first.filter((_, index) => index % 80 >= from && index % 80 < to).toSorted((a, b) => a - b);
    return part[Math.floor(part.length / 2)] as number;
  };
  expect(median(60, 80) - median(0, 20)).toBeGreaterThan(0.3);
});

test("splits large frames into rows of at most 1 MiB", async () => {
  const { chunkShapes } = await movieValues(simulateAfmMovie({ ...small, frames: 1, height: 300, width: 1000 }));
  expect(chunkShapes).toEqual([
    [1, 262, 1000],
    [1, 38, 1000],
  ]);
});

test.each([
  ["frames", 0],
  ["width", 1.5],
  ["pixelSizeNm", Number.NaN],
  ["seed", 0.5],
])("refuses %s of %d", (field, value) => {
  try {
    simulateAfmMovie({ ...small, [field]: value });
  } catch (error) {
    expect((error as SluiceError).problem).toMatchObject({ reason: "SIMULATION_INVALID", field, got: String(value) });
    return;
  }
  throw new Error("not refused");
});
