import { type DatasetHeader, type DataType, isError, itemSize, type Outlook } from "@sluice/core";
import { rowsPerBlock } from "@sluice/spikes";
import type { Hdf5Options } from "../../options.ts";
import { seriesChunk } from "../generic/chunk-shape.ts";
import {
  bytesPerChunk,
  bytesPerObject,
  chunksInFlight,
  seriesBytes,
  tableBytes,
  tableHeldBytes,
  textBytes,
} from "../generic/outlook.ts";
import { plannedLosses } from "./losses.ts";
import { planSpikes, type SpikePlan } from "./plan.ts";
import { rasterChunk } from "./raster-style.ts";
import type { RawPlan } from "./raw-plan.ts";

/** Float64 or int64. */
const timeBytes = 8;
/** A dataset of times in memory until the file is closed: its header, attributes and index. */
const unitBytes = 4096;
/** Where a unit ends, on its way to the file. */
const endBytes = 24;
/** Times of samples come in cells of 1 MiB. */
const clockBytes = 2 ** 20;

/** A part of the file: what it takes there, infinite where that is not known, and in memory. */
interface Part {
  readonly bytes: number;
  readonly heldBytes: number;
  /** Of a chunk that is being compressed. */
  readonly chunkBytes: number;
}

/** What an export would do: everything against it, what would be lost, and upper estimates of size and memory. */
export function foresee(header: DatasetHeader, options: Hdf5Options): Outlook {
  const { plan, problems } = planSpikes(header, options);
  const outlook = { problems: [...problems], losses: plan ? plannedLosses(header, plan) : [] };
  if (!plan || problems.some(isError)) return outlook;
  const parts = [
    spikesPart(plan),
    ...(plan.raw ? [rawPart(plan.raw)] : []),
    ...[...plan.tables.values()].map((table) => ({
      bytes: tableBytes(table),
      heldBytes: tableHeldBytes(table),
      chunkBytes: 0,
    })),
  ];
  const artifactBytes = parts.reduce((sum, { bytes }) => sum + bytes, textBytes(header));
  const chunkBytes = Math.max(...parts.map((part) => part.chunkBytes));
  return {
    ...outlook,
    artifactBytes: Number.isFinite(artifactBytes) ? Math.ceil(artifactBytes) : undefined,
    memoryBytes: parts.reduce((sum, { heldBytes }) => sum + heldBytes, 2 ** 22 + chunksInFlight * chunkBytes),
  };
}

/** How many spikes there are is known when they have come; a raster has its size from the start. */
function spikesPart({ style, times, raster }: SpikePlan): Part {
  const units = times.axes[0]?.size;
  if (style === "raster" && raster) {
    const [rows, columns] = rasterChunk(raster.bins);
    const chunkBytes = 4 * rows * columns;
    const across = Math.ceil(raster.bins / columns);
    const chunks = units === undefined ? Number.POSITIVE_INFINITY : Math.ceil(units / rows) * across;
    const bytes = bytesPerObject + (across === 0 ? 0 : chunks * (chunkBytes + bytesPerChunk));
    return { bytes, heldBytes: 2 * chunkBytes * Math.max(1, across), chunkBytes };
  }
  const perUnit = { ragged: endBytes, paired: 0, group: unitBytes, raster: 0 }[style];
  const heldBytes = (style === "paired" ? 2 : 1) * seriesBytes + perUnit * (units ?? 0);
  return { bytes: Number.POSITIVE_INFINITY, heldBytes, chunkBytes: timeBytes * seriesChunk(timeBytes) };
}

/** A block as it came and transposed; the times of the samples. */
function rawPart({ array, samples, channels, clock }: RawPlan): Part {
  const chunkBytes = Math.min(rowsPerBlock(array), samples) * channels * itemSize[array.dataType as DataType];
  const chunks = Math.ceil(samples / rowsPerBlock(array));
  const timeChunks = Math.ceil(samples / seriesChunk(timeBytes));
  return {
    bytes:
      2 * bytesPerObject +
      chunks * (chunkBytes + bytesPerChunk) +
      timeChunks * (timeBytes * seriesChunk(timeBytes) + bytesPerChunk),
    heldBytes: 2 * chunkBytes + ("array" in clock ? 2 * clockBytes : 0) + seriesBytes,
    chunkBytes,
  };
}
