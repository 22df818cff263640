import { problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import type { GifOptions } from "./options.ts";

/** Options that contradict each other, or that would have no effect. */
export function optionProblems(options: GifOptions): Problem[] {
  const { range, lowPercentile, highPercentile, zMin, zMax, scale, height, container, loop, speed } = options;
  const problems: Problem[] = [];
  if (range === "fixed" && (zMin === undefined || zMax === undefined)) {
    const missing = zMin === undefined ? "zMin" : "zMax";
    problems.push(
      problem({
        reason: "RANGE_INCOMPLETE",
        message: "A fixed range has two ends.",
        field: `options.${missing}`,
        got: "none",
        allowed: ["a number"],
        remedy: "Set zMin and zMax.",
      }),
    );
  }
  if (zMin !== undefined && zMax !== undefined && zMin >= zMax) problems.push(notAscending("zMax", zMin, zMax));
  const [low, high] = [lowPercentile ?? 1, highPercentile ?? 99];
  if (low >= high) problems.push(notAscending("highPercentile", low, high));
  if (range !== "fixed") problems.push(...unused({ zMin, zMax }, "range fixed"));
  if (range !== "percentile") problems.push(...unused({ lowPercentile, highPercentile }, "range percentile"));
  if (scale !== undefined && height !== undefined) problems.push(sizedTwice(height));
  if (container === "png")
    problems.push(
      ...unused({ loop: loop || undefined, speed: speed === 1 ? undefined : speed }, "container gif or webp"),
    );
  if (shares(options)) {
    problems.push(
      problem({
        reason: "CORNER_TAKEN",
        message: "The text and the scale bar cannot stand in one corner.",
        field: "options.scaleBarCorner",
        got: options.scaleBarCorner,
        allowed: ["another corner than timestampCorner"],
        remedy: "Set scaleBarCorner or timestampCorner.",
      }),
    );
  }
  return problems;
}

function shares({ timestamp, timestampCorner, scaleBarNm, scaleBarCorner }: GifOptions): boolean {
  return timestamp !== "none" && scaleBarNm !== "none" && timestampCorner === scaleBarCorner;
}

function sizedTwice(height: number): Problem {
  return problem({
    reason: "OPTION_NOT_APPLICABLE",
    message: "The size of the frames is given twice.",
    field: "options.height",
    got: String(height),
    allowed: ["height without scale"],
    remedy: "Leave one of them out.",
  });
}

function notAscending(name: string, low: number, high: number): Problem {
  return problem({
    reason: "RANGE_EMPTY",
    message: "The range ends at or before its start.",
    field: `options.${name}`,
    got: String(high),
    allowed: [`more than ${low}`],
    remedy: "Let the range end above its start.",
  });
}

/** Percentiles of a mask, which is shown from false to true. */
export function maskProblems(dataType: string, { lowPercentile, highPercentile }: GifOptions): Problem[] {
  return dataType === "bool" ? unused({ lowPercentile, highPercentile }, "values other than false and true") : [];
}

function unused(given: Readonly<Record<string, number | undefined>>, needed: string): Problem[] {
  return Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      problem({
        reason: "OPTION_NOT_APPLICABLE",
        message: `The option has no effect without ${needed}.`,
        field: `options.${name}`,
        got: String(value),
        allowed: [`${name} with ${needed}`],
        remedy: "Leave one of them out.",
      }),
    );
}
