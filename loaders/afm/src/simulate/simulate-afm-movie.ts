import { asBytes, chunkFrame, type DatasetStream, SluiceError } from "@sluice/core";
import type { Frame } from "@sluice/proto";
import { imageArrayId, movieHeader, origin, rowsPerChunk } from "../movie.ts";
import { moveMolecule, raise, scatterMolecules } from "./molecules.ts";
import { Random } from "./random.ts";

/** What to simulate. */
export interface SimulatedMovie {
  readonly frames: number;
  /** Lines and pixels per line. */
  readonly height: number;
  readonly width: number;
  /** Any integer; the same seed gives the same movie. */
  readonly seed: number;
  readonly pixelSizeNm: number;
  readonly frameIntervalSeconds: number;
}

/** Slopes of the surface, in nanometres of height per nanometre of way, and its bow from the centre to an edge. */
const tilt = { x: 0.025, y: -0.012 };
const bowNm = 1.5;
/** Deviation of the noise of each pixel, and of the height at which each line begins. */
const noiseNm = 0.12;
const lineJitterNm = 0.25;

/**
 * A high-speed AFM movie that never was: molecules a few nanometres high walk about on a surface that is tilted,
 * slightly bowed and noisy, and each scan line is a little off. float32 heights in nanometres, frame by frame, the same
 * for the same seed. Memory: one frame.
 */
export function simulateAfmMovie(movie: SimulatedMovie): DatasetStream {
  requirePositive(movie);
  const { frames, height, width, seed, pixelSizeNm, frameIntervalSeconds } = movie;
  const header = movieHeader({
    name: "simulated-afm",
    source: "",
    channel: "height_trace",
    dataType: "float32",
    unit: "nm",
    frames,
    height,
    width,
    pixelSizeNm: { x: pixelSizeNm, y: pixelSizeNm },
    frameIntervalSeconds,
    lineRateHz: height / frameIntervalSeconds,
    metadata: { session_description: "Simulated high-speed AFM movie; no instrument was involved" },
    steps: [
      {
        name: "afm.simulate",
        software: "sluice",
        softwareVersion: "",
        parameters: { ...movie },
        time: undefined,
        input: "",
        output: "image",
      },
    ],
    origins: [
      origin("image.values", "derived", `simulated with seed ${seed}`),
      origin("image.pixel_size.x", "given"),
      origin("image.pixel_size.y", "given"),
      origin("image.times", "given"),
      origin("image.line_rate", "derived", "lines by frame interval"),
      origin("session_start_time", "absent", "a simulation has no date"),
    ],
  });
  return { header, frames: simulateFrames(movie) };
}

async function* simulateFrames(movie: SimulatedMovie): AsyncGenerator<Frame, void, undefined> {
  const { frames, height, width, pixelSizeNm } = movie;
  const random = new Random(movie.seed);
  const field = { widthNm: width * pixelSizeNm, heightNm: height * pixelSizeNm };
  const molecules = scatterMolecules(field, random);
  const rows = rowsPerChunk(width, height, "float32");
  const relief = new Float64Array(width * height);
  for (let index = 0; index < frames; index++) {
    relief.fill(0);
    for (const molecule of molecules) {
      raise(relief, width, pixelSizeNm, molecule);
      moveMolecule(molecule, field, random);
    }
    const image = scan(relief, movie, random);
    for (let row = 0; row < height; row += rows) {
      const count = Math.min(rows, height - row);
      const data = asBytes(image.subarray(row * width, (row + count) * width));
      yield chunkFrame({ arrayId: imageArrayId, offset: [index, row, 0], shape: [1, count, width], data });
    }
  }
}

/** The relief as an instrument would record it: on its surface, line by line, with noise. */
function scan(relief: Float64Array, { height, width, pixelSizeNm }: SimulatedMovie, random: Random): Float32Array {
  const image = new Float32Array(relief.length);
  for (let row = 0; row < height; row++) {
    const line = tilt.y * row * pixelSizeNm + lineJitterNm * random.normal();
    for (let column = 0; column < width; column++) {
      const across = (2 * column) / width - 1;
      const down = (2 * row) / height - 1;
      const surface = line + tilt.x * column * pixelSizeNm + (bowNm * (across * across + down * down)) / 2;
      const index = row * width + column;
      image[index] = surface + (relief[index] as number) + noiseNm * random.normal();
    }
  }
  return image;
}

function requirePositive(movie: SimulatedMovie): void {
  for (const [name, value] of Object.entries(movie)) {
    const whole = name === "frames" || name === "height" || name === "width";
    const sound = name === "seed" ? Number.isSafeInteger(value) : value > 0 && Number.isFinite(value);
    if (sound && (!whole || Number.isSafeInteger(value))) continue;
    throw new SluiceError({
      reason: "SIMULATION_INVALID",
      message: "There is no such movie to simulate.",
      field: name,
      got: String(value),
      allowed: [name === "seed" ? "a whole number" : `a ${whole ? "whole " : ""}number above 0`],
      remedy: "Correct the value.",
    });
  }
}
