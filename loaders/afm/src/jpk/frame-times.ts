import type { Hdf5Dataset } from "@sluice/hdf5";
import type { FieldOrigin } from "@sluice/proto";
import { origin } from "../movie.ts";
import type { Attributes } from "./attributes.ts";
import { frameRows, type PerFrame } from "./per-frame.ts";

/** When the frames were recorded. */
export interface FrameTimes {
  /** Milliseconds since 1970 of the start of each frame; undefined where the file does not hold them. */
  readonly startTimes: Hdf5Dataset | undefined;
  /** Seconds from frame to frame by the scan rate, where starts are not recorded. */
  readonly intervalSeconds: number | undefined;
  readonly sessionStartTime: Date | undefined;
  readonly origins: readonly FieldOrigin[];
}

/**
 * Recorded start times are true. The scan rate leaves out what passes between two frames (2.3 % on a real file), and
 * stands in only where no start times are recorded.
 */
export async function frameTimes(perFrame: PerFrame, measurement: Attributes, lines: number): Promise<FrameTimes> {
  const startTimes = perFrame.datasets.get("start-times");
  const first = startTimes && (await firstValue(startTimes));
  if (startTimes && first !== undefined && first > 0) {
    return {
      startTimes,
      intervalSeconds: undefined,
      sessionStartTime: new Date(first),
      origins: [
        origin("image.times", "read", `${startTimes.path}, milliseconds, relative to the first`),
        origin("session_start_time", "read", `${startTimes.path}, first value`),
      ],
    };
  }
  const scanRate = measurement.number("timing-settings.scanRate") ?? 0;
  const intervalSeconds = scanRate > 0 ? lines / scanRate : undefined;
  const start = parseStart(measurement.text("start-time"));
  const rate = `${measurement.place("timing-settings.scanRate")} and ${lines} lines; start-times are not recorded`;
  return {
    startTimes: undefined,
    intervalSeconds,
    sessionStartTime: start,
    origins: [
      origin("image.times", intervalSeconds === undefined ? "absent" : "derived", rate),
      origin("session_start_time", start ? "read" : "absent", measurement.place("start-time")),
    ],
  };
}

/** Seconds of each frame's start since the first. */
export async function* relativeSeconds(startTimes: Hdf5Dataset, frames: number): AsyncGenerator<number> {
  let first: number | undefined;
  for await (const [value] of frameRows([startTimes], frames)) {
    const milliseconds = Number(value);
    first ??= milliseconds;
    yield (milliseconds - first) / 1000;
  }
}

async function firstValue(dataset: Hdf5Dataset): Promise<number> {
  const shape = dataset.shape ?? [];
  const [value] = await dataset.readValues({ offset: shape.map(() => 0), shape: shape.map(() => 1) });
  return Number(value);
}

/** "2025-05-28 14:41:58.548 +0100" */
function parseStart(text: string | undefined): Date | undefined {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ([+-]\d\d)(\d\d)$/.exec(text ?? "");
  const date = match && new Date(`${match[1]}T${match[2]}${match[3]}:${match[4]}`);
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}
