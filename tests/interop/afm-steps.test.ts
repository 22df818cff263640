import { readFileSync, writeFileSync } from "node:fs";
import { expect, jest } from "@jest/globals";
import { asdLoader, jpkLoader } from "@sluice/afm";
import { type Call, type Outcomes, runSteps } from "@sluice/analysis/testing";
import { asBytes, asElements, type DatasetStream } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { KeptLayers } from "@sluice/proto";
import { sharedDataMissing, testUnless } from "../harness/availability.ts";
import { sharedData } from "../harness/paths.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";

jest.setTimeout(180_000);
const python = await pythonEnvironment();
const scratch = useScratch();

/** A movie in float64. */
interface Movie {
  readonly shape: readonly [frames: number, height: number, width: number];
  readonly data: Float64Array;
}

/** Steps by the names that playNano and Sluice share. */
type Steps = readonly (readonly [name: string, parameters?: Readonly<Record<string, unknown>>])[];

/** What playNano says of its steps. */
interface Reply {
  readonly shape: number[];
  readonly shifts: number[][] | null;
  readonly results: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Outcome extends Reply {
  readonly data: Float64Array;
}

const jobs: { readonly movie: Movie; readonly steps: Steps }[] = [];
let answers: Promise<Outcome[]> | undefined;

/** What playNano makes of a movie. All that is asked for while the tests are told runs in one process. */
function playnano(movie: Movie, steps: Steps): () => Promise<Outcome> {
  const index = jobs.push({ movie, steps }) - 1;
  return async () => {
    answers ??= runAll();
    return (await answers)[index] as Outcome;
  };
}

async function runAll(): Promise<Outcome[]> {
  const folder = scratch.fresh();
  const questions = jobs.map(({ movie, steps }, index) => {
    const path = `${folder}/${index}.bin`;
    writeFileSync(path, asBytes(movie.data));
    return {
      movie: path,
      shape: movie.shape,
      steps: steps.map(([name, parameters = {}]) => [name, parameters]),
      out: `${folder}/${index}.out`,
    };
  });
  const replies = await python.ask<Reply[]>("scripts/playnano_steps.py", questions);
  return replies.map((reply, index) => ({
    ...reply,
    data: asElements("float64", readFileSync(`${folder}/${index}.out`)),
  }));
}

function sluice({ shape, data }: Movie, steps: Steps): Promise<Outcomes> {
  const axes = [{ name: "t", unit: "second", scale: 1 }, "y", "x"];
  const stream = memoryStream([{ name: "image", dataType: "float64", shape, data, axes }], { imageStack: {} });
  const calls = steps.map(([name, parameters = {}]): Call => [`afm.${name}`, parameters]);
  return runSteps(stream, calls, KeptLayers.KEPT_LAYERS_NONE);
}

/** Numbers that do not repeat, from -1 to 1. */
function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** Particles that walk over a tilted plane, with noise; the whole drifts. */
function synthetic(): Movie {
  const shape = [6, 48, 56] as const;
  const [frames, height, width] = shape;
  const next = noise(7);
  const data = new Float64Array(frames * height * width);
  for (let frame = 0, at = 0; frame < frames; frame++) {
    const particles = [
      [12 + frame, 14 + 2 * frame, 3],
      [30 - frame, 38, 2],
      [33, 16 + frame, 4],
    ] as const;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at++) {
        const bumps = particles.map(([py, px, s]) => 5 * Math.exp(-((y - py) ** 2 + (x - px) ** 2) / (2 * s * s)));
        data[at] = 700 + 0.2 * x - 0.1 * y + bumps.reduce((sum, bump) => sum + bump, 0) + 0.1 * next();
      }
    }
  }
  return { shape, data };
}

/** The same with a frame of NaN about it, wider where the frame is later, and some NaN inside. */
function holed(): Movie {
  const { shape, data } = synthetic();
  const [, height, width] = shape;
  return {
    shape,
    data: data.map((value, at) => {
      const frame = Math.floor(at / (height * width));
      const y = Math.floor(at / width) % height;
      const x = at % width;
      return y < frame || x >= width - 2 * frame || (y === 20 && x === 20) ? Number.NaN : value;
    }),
  };
}

/** What rounding can make of values about 700. */
const rounding = 1e-10;

function expectSameMovie(ours: Outcomes, theirs: { shape: number[]; data: Float64Array }, relative = 1e-9): void {
  const { shape, data } = ours.arrays.get("image") as { shape: readonly number[]; data: Float64Array };
  expect(shape).toEqual(theirs.shape);
  const differing = data.findIndex((value, at) => {
    const other = theirs.data[at] as number;
    if (Number.isNaN(other)) return !Number.isNaN(value);
    return !(Math.abs(value - other) <= Math.max(relative * Math.abs(other), rounding));
  });
  expect({ at: differing, ours: data[differing], theirs: theirs.data[differing] }).toEqual({ at: -1 });
}

const plane: Steps = [["remove_plane"]];
const masked: Steps = [["remove_plane"], ["mask_mean_offset", { factor: 1 }]];

const sameMovies: readonly (readonly [Movie, Steps])[] = [
  ...["row_median_align", "remove_plane", "polynomial_flatten", "zero_mean", "zero_median", "gaussian_filter"].map(
    (name) => [synthetic(), [[name]]] as const,
  ),
  [synthetic(), [["vertical_flip"], ["gaussian_filter", { sigma: 2.2 }], ["polynomial_flatten", { order: 3 }]]],
  ...["row_median_align", "remove_plane", "polynomial_flatten", "zero_mean", "zero_median"].map(
    (name) => [synthetic(), [...masked, [name]]] as const,
  ),
  [synthetic(), [["mask_threshold", { threshold: 710 }], ["mask_below_threshold", { threshold: 700 }], ["zero_mean"]]],
  [synthetic(), [...plane, ["mask_morphological", { threshold: 1, structure_size: 4 }], ["zero_mean"]]],
  [synthetic(), [["mask_adaptive", { block_size: 10, offset: 0.5 }], ["remove_plane"]]],
  [synthetic(), [["drop_frames", { indices_to_drop: [4, 1, 1] }]]],
  [synthetic(), [["drop_frame_range", { start: 1, end: 3 }]]],
  [synthetic(), [["select_frames", { keep_indices: [5, 0, 2] }]]],
  [synthetic(), [["drop_final_frames", { n_frames_to_drop: 2 }]]],
  [holed(), [["intersection_crop"]]],
  [holed(), [["intersection_crop", { pad: [1, 9, 0, 30] }]]],
  [holed(), [["crop_square"]]],
  [holed(), [["crop_square", { pad: [2, 3] }]]],
  ...["zero", "mean", "median", "global_mean"].map((mode) => [holed(), [["replace_nan", { mode }]]] as const),
  [holed(), [["replace_nan", { mode: "constant", value: -4.5 }]]],
];

for (const [movie, steps] of sameMovies) {
  const theirs = playnano(movie, steps);
  testUnless(python.obstacle)(`${JSON.stringify(steps)} gives the numbers of playNano`, async () => {
    expectSameMovie(await sluice(movie, steps), await theirs());
  });
}

const shiftsOf = (outcomes: Outcomes, step: string) => outcomes.tables.get(step)?.map(({ dy, dx }) => [dy, dx]);

const alignments: Steps = [
  ...["pad", "crop", "crop_square"].map((mode) => ["align_frames", { max_shift: 6, mode }] as const),
  ["align_frames", { max_shift: 9, max_jump: 1, pre_filter_sigma: 1.5, reference_frame: 3 }],
  ["rolling_frame_align", {}],
  ["rolling_frame_align", { window: 2, pre_filter_sigma: 1 }],
  ["rolling_frame_align", { max_shift: 8, mode: "crop" }],
];

for (const [name, parameters] of alignments) {
  // playNano's own formula is told by name; what is correlated in a rolling alignment is normalised there, too.
  const method = name === "align_frames" ? { method: "fft_cross_correlation" } : {};
  const steps: Steps = [...plane, [name, { ...parameters, ...method }]];
  const theirs = playnano(synthetic(), steps);
  testUnless(python.obstacle)(`${JSON.stringify(steps)} shifts as playNano does`, async () => {
    const [ours, other] = [await sluice(synthetic(), steps), await theirs()];
    expect(shiftsOf(ours, `step_2_${name}_shifts`)).toEqual(other.shifts);
    // playNano aligns in float32.
    expectSameMovie(ours, other, 1e-4);
  });
}

/** A feature of playNano. */
interface Feature {
  readonly label: number;
  readonly area: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly bbox: readonly number[];
  readonly centroid: readonly number[];
}

/** Numbers that are the same but for rounding. */
const close = (value: unknown) => ({ asymmetricMatch: (other: unknown) => isClose(Number(value), Number(other)) });

function isClose(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-9 * Math.max(Math.abs(one), Math.abs(other));
}

function featuresOf(outcomes: Outcomes, table: string) {
  return outcomes.tables.get(table)?.map(({ frame, label, area, min, max, mean, top, left, bottom, right, y, x }) => ({
    frame,
    label,
    area,
    heights: [min, max, mean],
    box: [top, left, bottom, right],
    place: [y, x],
  }));
}

function theirFeatures({ results }: Reply) {
  const perFrame = results["feature_detection"]?.["features_per_frame"] as Feature[][];
  return perFrame.flatMap((features, frame) =>
    features.map(({ label, area, min, max, mean, bbox, centroid }) => ({
      frame,
      label,
      area,
      heights: [min, max, mean].map(close),
      box: bbox,
      place: centroid.map(close),
    })),
  );
}

const detections: Steps = [
  ["feature_detection"],
  ["feature_detection", { min_size: 1, remove_edge: false }],
  ["feature_detection", { fill_holes: true, min_size: 5 }],
  ["feature_detection", { fill_holes: true, hole_area: 6 }],
  ["feature_detection", { morph_opening: true, sep_radius: 2 }],
  ["feature_detection", { morph_opening: true, remove_edge: false }],
];

for (const detection of detections) {
  for (const mask of [["mask_mean_offset"], ["mask_threshold", { threshold: 0.05 }]] as const) {
    const steps: Steps = [...plane, mask, detection];
    const theirs = playnano(synthetic(), steps);
    testUnless(python.obstacle)(`${JSON.stringify(steps)} finds the features of playNano`, async () => {
      const ours = await sluice(synthetic(), steps);
      expect(featuresOf(ours, "step_3_feature_detection")).toEqual(theirFeatures(await theirs()));
    });
  }
}

const counting: Steps = [["replace_nan"], ["count_nonzero"]];
const theirCounts = playnano(holed(), counting);

testUnless(python.obstacle)("count_nonzero counts as playNano does", async () => {
  const counts = (await sluice(holed(), counting)).tables.get("step_2_count_nonzero")?.map(({ count }) => count);
  expect(counts).toEqual((await theirCounts()).results["count_nonzero"]?.["counts"]);
});

for (const parameters of [{}, { min_sigma: 2, max_sigma: 6, num_sigma: 9, threshold: 0.4, overlap: 0.2 }]) {
  const steps: Steps = [...plane, ["log_blob_detection", parameters]];
  const theirs = playnano(synthetic(), steps);
  testUnless(python.obstacle)(`${JSON.stringify(steps)} finds the blobs of scikit-image`, async () => {
    const perFrame = (await theirs()).results["log_blob_detection"]?.["features_per_frame"] as Blob[][];
    const inOrder = (blobs: readonly Blob[]) => blobs.toSorted((one, other) => one.y - other.y || one.x - other.x);
    const found = (await sluice(synthetic(), steps)).tables.get("step_2_log_blob_detection") ?? [];
    expect(found.length).toBeGreaterThan(10);
    for (const [frame, blobs] of perFrame.entries()) {
      const ours = found
        .filter((row) => row["frame"] === frame)
        .map(({ y, x, sigma, radius }) => ({ y, x, sigma, radius }));
      expect(inOrder(ours as Blob[])).toEqual(
        inOrder(blobs).map(({ y, x, sigma, radius }) => ({ y, x, sigma: close(sigma), radius: close(radius) })),
      );
    }
  });
}

/** A blob of playNano. */
interface Blob {
  readonly y: number;
  readonly x: number;
  readonly sigma: number;
  readonly radius: number;
}

/** Group of each feature, by frame and place among its features; groups are numbered from 0 on as they come. */
function theirGroups(groups: readonly { frames: number[]; point_indices: (number | null)[]; id: number }[]) {
  return Object.fromEntries(
    groups.flatMap(({ id, frames, point_indices: indices }) =>
      frames.flatMap((frame, at) => (indices[at] === null ? [] : [[`${frame}:${Number(indices[at]) + 1}`, id]])),
    ),
  );
}

const trackings = [
  {},
  { max_distance: 2, max_missing: 1 },
  { max_distance: 1.5, max_missing: 2, distance_scale: "sqrt" },
];

for (const parameters of trackings) {
  const steps: Steps = [...masked, ["feature_detection", { min_size: 3 }], ["particle_tracking", parameters]];
  const theirs = playnano(synthetic(), steps);
  testUnless(python.obstacle)(`particle_tracking ${JSON.stringify(parameters)} links as playNano does`, async () => {
    expect(tracksOf(await sluice(synthetic(), steps))).toEqual(theirTracks(await theirs()));
  });
}

function tracksOf({ tables }: Outcomes) {
  const rows = tables.get("step_4_particle_tracking") ?? [];
  return Object.fromEntries(rows.map(({ frame, label, track }) => [`${frame}:${label}`, track]));
}

function theirTracks({ results }: Reply) {
  return theirGroups(results["particle_tracking"]?.["tracks"] as []);
}

/** The features of each cluster, whatever its number. */
function partition(groups: Readonly<Record<string, unknown>>): string[] {
  const members = new Map<unknown, string[]>();
  for (const [feature, group] of Object.entries(groups)) members.set(group, [...(members.get(group) ?? []), feature]);
  return [...members.values()].map((features) => features.toSorted().join(" ")).toSorted();
}

const clusterings: readonly (readonly [ours: string, theirs: string, parameters: Record<string, unknown>])[] = [
  ["dbscan", "dbscan_clustering", { eps: 0.3, min_samples: 3 }],
  ["dbscan", "dbscan_clustering", { eps: 6, min_samples: 2, normalise: false, use_time: false }],
  ["k_means", "k_means_clustering", { k: 3, time_weight: 0.1 }],
  ["k_means", "k_means_clustering", { k: 2, use_time: false }],
  ["x_means", "x_means_clustering", { max_k: 4, use_time: false }],
];

for (const [name, theirName, parameters] of clusterings) {
  const before: Steps = [...masked, ["feature_detection", { min_size: 3 }]];
  const asked = playnano(synthetic(), [...before, [theirName, parameters]]);
  testUnless(python.obstacle)(`${name} ${JSON.stringify(parameters)} makes the clusters of playNano`, async () => {
    const ours = await sluice(synthetic(), [...before, [name, parameters]]);
    const theirs = await asked();
    const rows = (ours.tables.get(`step_4_${name}`) ?? []).filter(({ cluster }) => cluster !== -1);
    const groups = Object.fromEntries(rows.map(({ frame, label, cluster }) => [`${frame}:${label}`, cluster]));
    expect(partition(groups)).toEqual(partition(theirGroups(theirs.results[theirName]?.["clusters"] as [])));
    const centres = (ours.tables.get(`step_4_${name}_centers`) ?? []).map(({ y, x }) => [y, x] as number[]);
    const theirCentres = theirs.results[theirName]?.["cluster_centers"] as number[][];
    const inOrder = (places: readonly number[][]) => places.toSorted(([a = 0], [b = 0]) => a - b);
    expect(inOrder(centres)).toEqual(inOrder(theirCentres).map(([y, x]) => [close(y), close(x)]));
  });
}

const recordings = [
  ["afm/sample_0.h5-jpk", () => jpkLoader.load(sharedData("afm/sample_0.h5-jpk"), { channel: "height_trace" })],
  ["afm/asd_sample_0.asd", () => asdLoader.load(sharedData("afm/asd_sample_0.asd"), {})],
] as const;

for (const [file, load] of recordings) {
  const obstacle = python.obstacle ?? sharedDataMissing("afm");
  const movie = obstacle === undefined ? await firstFrames(load) : synthetic();
  const steps: Steps = [...masked, ["feature_detection"], ["particle_tracking", { max_distance: 20 }]];
  const aligned: Steps = [...plane, ["align_frames", { method: "fft_cross_correlation", max_shift: 5 }]];
  const [theirs, theirShifts] = [playnano(movie, steps), playnano(movie, aligned)];
  testUnless(obstacle)(`features, tracks and shifts of ${file} are playNano's`, async () => {
    const ours = await sluice(movie, steps);
    expect(featuresOf(ours, "step_3_feature_detection")).toEqual(theirFeatures(await theirs()));
    expect(tracksOf(ours)).toEqual(theirTracks(await theirs()));
    const shifts = shiftsOf(await sluice(movie, aligned), "step_2_align_frames_shifts");
    expect(shifts).toEqual((await theirShifts()).shifts);
  });
}

async function firstFrames(load: () => Promise<DatasetStream>): Promise<Movie> {
  const call: Call = ["afm.select_frames", { keep_indices: "0-3" }];
  const { arrays } = await runSteps(await load(), [call], KeptLayers.KEPT_LAYERS_NONE);
  const { shape, data } = arrays.get("image") as { shape: readonly number[]; data: Float64Array };
  return { shape: [shape[0] ?? 0, shape[1] ?? 0, shape[2] ?? 0], data };
}
