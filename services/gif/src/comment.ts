import type { DatasetHeader } from "@sluice/core";
import { ProvenanceStep } from "@sluice/proto";
import type { Movie } from "./movie.ts";
import type { GifOptions } from "./options.ts";
import type { MoviePlan } from "./plan.ts";
import type { ScaleBar } from "./scale-bar.ts";
import { software } from "./version.ts";

/**
 * What a movie says of itself, as ASCII JSON: software, dataset, source and processing steps; how values became colors,
 * how large a pixel is, and how fast it plays.
 */
export function commentOf(
  { dataset }: DatasetHeader,
  plan: MoviePlan,
  movie: Pick<Movie, "range" | "times">,
  bar: ScaleBar | undefined,
  options: GifOptions,
): string {
  const { shownWidth, width, pixelSizeNm, array } = plan;
  const record = {
    software,
    dataset: dataset.name,
    source: dataset.provenance?.source,
    acquired: dataset.provenance?.acquiredTime ?? dataset.sessionStartTime,
    steps: dataset.provenance?.steps.map((step) => ProvenanceStep.toJSON(step)),
    array: array.name,
    unit: array.unit,
    colorMap: options.colorMap,
    range: movie.range ? [movie.range.low, movie.range.high] : "frame",
    pixelSizeNm: pixelSizeNm && (pixelSizeNm * width) / shownWidth,
    scaleBarNm: bar?.lengthNm,
    timesKnown: movie.times.known,
    speed: options.speed,
  };
  return JSON.stringify(record).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
