import type { DatasetHeader } from "@sluice/core";
import { type FieldOrigin, type Loss, Origin, type Problem } from "@sluice/proto";
import { channelOrigins, channelsOf, channelWarnings } from "./channels.ts";
import type { Coordinates } from "./coordinates.ts";
import { sizeOf, withLength } from "./dimensions.ts";
import type { OmeDocument } from "./ome-xml.ts";
import { pixelSizeOrigins, pixelSizeWarnings } from "./pixel-size.ts";
import type { ImagePlan } from "./plan.ts";
import { planeTimes } from "./plane-times.ts";
import { settle } from "./settled-image.ts";
import { streamAnnotations } from "./stream-record.ts";
import { version } from "./version.ts";

/** Name of this software as files carry it. */
export const software = `Sluice ${version}`;

/** What a file says of itself, and how each field came to be. */
export interface Description {
  readonly document: OmeDocument;
  readonly origins: FieldOrigin[];
  readonly warnings: Problem[];
  readonly losses: Loss[];
}

/**
 * Describes the image once all of it has come.
 *
 * @param length of axis 0
 */
export function describe(
  header: DatasetHeader,
  plan: ImagePlan,
  coordinates: Coordinates,
  length: number,
  uuid: string,
): Description {
  const dimensions = plan.dimensions.outer.length > 0 ? withLength(plan.dimensions, length) : plan.dimensions;
  const timing = planeTimes(plan, coordinates, sizeOf(dimensions, "t") as number);
  const channels = channelsOf(plan, sizeOf(dimensions, "c") as number);
  const { acquired, origin } = acquisition(header);
  const image = settle(plan, coordinates, length);
  return {
    document: {
      uuid,
      creator: software,
      name: header.dataset.name,
      acquired,
      dimensions,
      pixel: plan.pixel,
      sizeMicrometers: plan.sizeMicrometers,
      timeIncrementSeconds: timing.times?.increment,
      channels,
      deltaT: timing.times?.secondsAt,
      annotations: streamAnnotations(header.dataset, image),
    },
    origins: [...header.dataset.origins, ...pixelSizeOrigins(plan), timing.origin, ...channelOrigins(channels), origin],
    warnings: [...pixelSizeWarnings(plan), ...timing.warnings, ...channelWarnings(plan, channels.length)],
    losses: image.losses,
  };
}

function acquisition({ dataset }: DatasetHeader): { acquired: Date | undefined; origin: FieldOrigin } {
  const { provenance, sessionStartTime } = dataset;
  const acquired = provenance?.acquiredTime ?? sessionStartTime;
  const detail = provenance?.acquiredTime ? "dataset.provenance.acquired_time" : "dataset.session_start_time";
  const origin = acquired ? Origin.ORIGIN_DERIVED : Origin.ORIGIN_ABSENT;
  return { acquired, origin: { field: "ome.AcquisitionDate", origin, detail: acquired ? detail : "" } };
}
