import { defaultLookAhead } from "@sluice/codec";
import type { DatasetHeader, Outlook } from "@sluice/core";
import { planeCount } from "./dimensions.ts";
import { foreseenLosses } from "./losses.ts";
import type { OmeTiffOptions } from "./options.ts";
import { pixelSizeWarnings } from "./pixel-size.ts";
import { type ImagePlan, planImage } from "./plan.ts";
import { classicLimit, tooLarge } from "./tiff-file.ts";

/** What an export would do: everything against it, what would be lost, and upper estimates of size and memory. */
export function foresee(header: DatasetHeader, options: OmeTiffOptions): Outlook {
  const outcome = planImage(header, options);
  if ("problems" in outcome) return { problems: outcome.problems };
  const { plan } = outcome;
  const artifactBytes = largestFile(header, plan);
  const uncompressed = options.compression === "none" && artifactBytes !== undefined;
  const surelyTooLarge = options.bigTiff === false && uncompressed && pixelBytes(plan) > classicLimit;
  return {
    problems: [...(surelyTooLarge ? [tooLarge(artifactBytes).problem] : []), ...pixelSizeWarnings(plan)],
    losses: foreseenLosses(header, plan),
    artifactBytes,
    memoryBytes: heldBytes(plan),
  };
}

/** Bytes of the pixels in the file before compression, with padding of tiles and reduced levels; NaN when not known. */
function pixelBytes({ layout, dimensions }: ImagePlan): number {
  const perPlane = layout.levels.reduce((sum, { tiled, ...level }) => {
    const tileBytes = level.segmentWidth * level.segmentHeight * level.itemBytes;
    return sum + (tiled ? level.columns * level.rows * tileBytes : level.height * level.rowBytes);
  }, 0);
  return perPlane * planeCount(dimensions);
}

/** A page's directory with its reduced levels, its Plane element and the lists of its segments, generously. */
const bytesPerPage = 600;
const bytesPerSegment = 24;

function largestFile(header: DatasetHeader, plan: ImagePlan): number | undefined {
  const planes = planeCount(plan.dimensions);
  if (Number.isNaN(planes)) return undefined;
  const { layout } = plan;
  const metadata = JSON.stringify(header).length * 2 + 65_536;
  const pages = planes * (bytesPerPage * layout.levels.length + bytesPerSegment * layout.segments);
  // Deflate adds at most 5 bytes per 16 KiB and 11 per stream to what it cannot shrink (RFC 1951, section 3.2.4).
  return Math.ceil(pixelBytes(plan) * 1.001 + metadata + pages);
}

/** For chunks that come in the array's order; others open a buffer of a whole index of axis 0. */
function heldBytes({ layout, dimensions }: ImagePlan): number {
  const segmentBytes = Math.max(
    ...layout.levels.map((level) => level.segmentWidth * level.segmentHeight * level.itemBytes),
  );
  const table = 16 * layout.segments * (Number.isNaN(planeCount(dimensions)) ? 256 : planeCount(dimensions));
  return Math.ceil(3 * layout.planeBytes + defaultLookAhead * 2 * segmentBytes + table + 2 ** 20);
}
