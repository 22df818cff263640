import { inOrder } from "@sluice/codec";
import {
  type ArtifactSink,
  type DatasetStream,
  defineExporter,
  type ExportContext,
  type Exporter,
  type Findings,
  imageEmpty,
  SluiceError,
} from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { Annotator } from "./annotator.ts";
import { type ColoringCounts, color } from "./coloring.ts";
import { commentOf } from "./comment.ts";
import { openContainer } from "./containers.ts";
import { Delays } from "./delays.ts";
import { foresee, framesAtWork } from "./forecast.ts";
import { constantLosses, valueLosses } from "./losses.ts";
import { type Movie, withMovie } from "./movie.ts";
import { type GifOptions, optionSchema } from "./options.ts";
import { paletteOf } from "./palette.ts";
import { type MoviePlan, planMovie } from "./plan.ts";
import { resize } from "./resize.ts";
import { survey, surveyOf } from "./survey.ts";
import { timestampOf } from "./timestamp.ts";
import { shownTypes } from "./values.ts";
import { version } from "./version.ts";

/** Shows an image stack as an animated GIF or WebP, or as PNG files: colors, times and a scale bar. */
export const gif: Exporter = defineExporter<GifOptions>({
  format: {
    name: "gif",
    summary: "Movie to look at: animated GIF (or WebP, or PNG files) in true time, with time stamps and scale bar.",
    version,
    contents: ["image_stacks"],
    dataTypes: [...shownTypes],
    unknownLength: true,
    extensions: [".gif", ".webp", ".png"],
    mediaType: "image/gif",
  },
  options: optionSchema,
  check: foresee,
  export: exportMovie,
});

async function exportMovie(
  stream: DatasetStream,
  options: GifOptions,
  sink: ArtifactSink,
  context: ExportContext,
): Promise<Findings> {
  const plan = requirePlan(stream, options);
  return withMovie(stream, plan, options, context.signal, (movie) =>
    writeMovie(stream, plan, movie, { options, sink, context }),
  );
}

interface Surroundings {
  readonly options: GifOptions;
  readonly sink: ArtifactSink;
  readonly context: ExportContext;
}

async function writeMovie(
  { header }: DatasetStream,
  plan: MoviePlan,
  movie: Movie,
  { options, sink, context }: Surroundings,
): Promise<Findings> {
  const { shownWidth: width, shownHeight: height } = plan;
  const annotator = annotatorOf(plan, movie, options);
  const container = await openContainer(options.container, sink, {
    name: context.name,
    width,
    height,
    palette: paletteOf(options.colorMap, options.nanColor),
    loop: options.loop,
    comment: commentOf(header, plan, movie, annotator.bar, options),
  });
  const delays = new Delays(movie.times.secondsAt, container.rule, options.speed);
  const counts: ColoringCounts = { below: 0, above: 0, nan: 0 };

  const encode = ({ index, pixels }: ColoredFrame) =>
    context.clock.time("encode", async () => {
      const shown = resizes(plan) ? await resize(pixels, plan, { width, height }, isSmooth(plan)) : pixels;
      annotator.draw({ width, height, pixels: shown }, index);
      return container.encode(shown);
    });
  let frames = 0;
  const encoded = inOrder(coloredFrames(plan, movie, counts), framesAtWork, encode, context.signal);
  for await (const frame of encoded) {
    frames++;
    await context.clock.time("write", () => container.append(frame, delays.next()));
  }
  requireFrames(frames, plan);
  await container.finish();
  return {
    warnings: [
      ...plan.warnings,
      ...movie.warnings,
      ...movie.times.warnings,
      ...delays.warnings(),
      ...annotator.warnings(),
    ],
    losses: [
      ...valueLosses(plan, options, movie.range, counts, frames * plan.width * plan.height),
      ...constantLosses(header, plan, options),
    ],
    origins: [...header.dataset.origins, movie.times.origin],
    gaps: [...movie.gaps],
  };
}

interface ColoredFrame {
  readonly index: number;
  /** Filled again with a later frame once this one is encoded. */
  readonly pixels: Uint8Array;
}

async function* coloredFrames(plan: MoviePlan, movie: Movie, counts: ColoringCounts): AsyncGenerator<ColoredFrame> {
  // One for each frame at work, and one that is being filled; threads read them where they lie.
  const memory = Array.from({ length: framesAtWork + 1 }, () => new SharedArrayBuffer(plan.width * plan.height));
  let index = 0;
  for await (const values of movie.frames) {
    const pixels = new Uint8Array(memory[index % memory.length] as SharedArrayBuffer);
    color(values, movie.range ?? surveyOf(values, survey()), pixels, counts);
    yield { index: index++, pixels };
  }
}

function annotatorOf(plan: MoviePlan, { times, length }: Movie, options: GifOptions): Annotator {
  const last = Math.max(0, (length ?? 10_000) - 1);
  return new Annotator(
    {
      width: plan.shownWidth,
      height: plan.shownHeight,
      nmPerPixel: plan.pixelSizeNm && (plan.pixelSizeNm * plan.width) / plan.shownWidth,
      textAt: options.timestamp === "none" ? undefined : timestampOf(options.timestamp, times, length),
      longestTexts: [0, last],
    },
    options,
  );
}

function resizes({ width, height, shownWidth, shownHeight }: MoviePlan): boolean {
  return width !== shownWidth || height !== shownHeight;
}

/** Between true and false there is nothing to show. */
function isSmooth({ array }: MoviePlan): boolean {
  return array.dataType !== "bool";
}

function requirePlan({ header }: DatasetStream, options: GifOptions): MoviePlan {
  const outcome = planMovie(header, options);
  if ("plan" in outcome) return outcome.plan;
  throw new SluiceError(outcome.problems[0] as Problem);
}

function requireFrames(frames: number, { array }: MoviePlan): void {
  if (frames > 0) return;
  throw new SluiceError(imageEmpty(array));
}
