import { type DatasetHeader, dropped, loss } from "@sluice/core";
import { type DatasetSpec, type Loss, LossKind } from "@sluice/proto";
import { colorSteps } from "./color-maps.ts";
import type { ColoringCounts, ValueRange } from "./coloring.ts";
import type { GifOptions } from "./options.ts";
import type { MoviePlan } from "./plan.ts";

/** What a movie will not hold as the stream has it, before the first frame. */
export function foreseenLosses(header: DatasetHeader, plan: MoviePlan, options: GifOptions): Loss[] {
  const field = `arrays.${plan.array.name}`;
  const cast = loss(LossKind.LOSS_KIND_CAST, field, `Values become ${colorSteps} colors of ${options.colorMap}.`);
  return [cast, ...constantLosses(header, plan, options)];
}

/** What happened to the values. */
export function valueLosses(
  plan: MoviePlan,
  options: GifOptions,
  range: ValueRange | undefined,
  counts: ColoringCounts,
  values: number,
): Loss[] {
  const field = `arrays.${plan.array.name}`;
  const unit = plan.array.unit ? ` ${plan.array.unit}` : "";
  const bounds = range ? `${rounded(range.low)} to ${rounded(range.high)}${unit}` : "least to greatest of each frame";
  // Without a finite value no range was found.
  const found = range === undefined || range.low <= range.high ? `, ${bounds}` : "";
  const message = `Values become ${colorSteps} colors of ${options.colorMap}${found}.`;
  const step = range && range.high > range.low ? range.high / colorSteps - range.low / colorSteps : undefined;
  const clipped = counts.below + counts.above;
  const outside = `${counts.below} values below the range have the first color, ${counts.above} above it the last.`;
  return [
    loss(LossKind.LOSS_KIND_CAST, field, message, { count: values, maxError: step }),
    ...(clipped > 0 ? [loss(LossKind.LOSS_KIND_CLIPPED, field, outside, { count: clipped })] : []),
    ...(counts.nan > 0
      ? [loss(LossKind.LOSS_KIND_CAST, field, `NaN has the color ${options.nanColor}.`, { count: counts.nan })]
      : []),
  ];
}

/** Losses that do not depend on the values. */
export function constantLosses(
  { dataset, arrays, tables }: DatasetHeader,
  plan: MoviePlan,
  options: GifOptions,
): Loss[] {
  const { array, times, width, height, shownWidth, shownHeight } = plan;
  const resized = `Frames of ${width} x ${height} pixels are resized to ${shownWidth} x ${shownHeight}.`;
  const resizes = width !== shownWidth || height !== shownHeight;
  return [
    ...(resizes ? [loss(LossKind.LOSS_KIND_SCALED, `arrays.${array.name}`, resized)] : []),
    ...(times && options.container !== "png"
      ? [loss(LossKind.LOSS_KIND_CAST, `arrays.${times.name}`, "Times become the delays of frames, in whole ticks.")]
      : []),
    ...arrays
      .filter(({ name }) => name !== array.name && (name !== times?.name || options.container === "png"))
      .map(({ name }) => dropped(`arrays.${name}`, "A movie shows one array; the option `image` selects it.")),
    ...tables.map(({ name }) => dropped(`tables.${name}`, "A movie holds no tables.")),
    ...droppedContents(dataset, options),
  ];
}

function droppedContents(dataset: DatasetSpec, { container }: GifOptions): Loss[] {
  const { provenance, metadata, records } = dataset;
  const contents = {
    spike_trains: dataset.spikeTrains,
    segmentations: dataset.segmentations,
    responses: dataset.responses,
    kymographs: dataset.kymographs,
    metadata: Object.keys(metadata ?? {}),
    records: Object.keys(records ?? {}),
    "provenance.steps": container === "webp" ? (provenance?.steps ?? []) : [],
  };
  return Object.entries(contents)
    .filter(([, items]) => items.length > 0)
    .map(([name]) => dropped(`dataset.${name}`, "A movie shows pixels; this it cannot hold."));
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
