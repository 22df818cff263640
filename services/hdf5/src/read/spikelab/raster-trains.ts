import type { Hdf5Dataset, Hdf5File } from "@sluice/hdf5";
import type { LoadOptions } from "../../load-options.ts";
import type { Content } from "./content.ts";
import { readNumbers } from "./numbers.ts";
import { unfitFile } from "./spikelab-error.ts";
import type { Trains } from "./trains.ts";

/** Bins that are read at once. */
const binsPerRead = 2 ** 17;
/** Spikes of a unit: more come from damaged counts, and would fill the memory. */
const mostSpikes = 2 ** 24;

/**
 * Counts of spikes [unit, bin]. The spikes of a bin are placed evenly inside it, one alone in the middle
 * (`SpikeData.from_raster`); parts of a count are cut off, and NaN counts for none. Memory: the spikes of one unit.
 */
export async function rasterTrains(file: Hdf5File, content: Content, options: LoadOptions): Promise<Trains> {
  const raster = await file.dataset(content.names.rasterDataset);
  const { shape } = raster;
  if (shape?.length !== 2) {
    throw unfitFile({
      reason: "SPIKELAB_SHAPE_INVALID",
      message: "A raster must have two axes, [unit, bin].",
      field: raster.path,
      got: shape === null ? "nothing" : `[${shape.join(", ")}]`,
    });
  }
  const binMs = await binOf(raster, options);
  const startMs = content.attributes.number("start_time") ?? 0;
  const [units, bins] = shape as [number, number];
  const ignored = options.lengthMs === undefined ? "" : `; lengthMs ${options.lengthMs} has no effect on a raster`;
  return {
    unitCount: units,
    notes: [`${bins} bins of ${binMs} ms${ignored}`],
    lengthMs: bins * binMs,
    trains: async function* () {
      for (let unit = 0; unit < units; unit++) yield [await rowTimes(raster, unit, bins, binMs, startMs)];
    },
  };
}

async function rowTimes(raster: Hdf5Dataset, unit: number, bins: number, binMs: number, startMs: number) {
  const times: number[] = [];
  for (let first = 0; first < bins; first += binsPerRead) {
    const box = { offset: [unit, first], shape: [1, Math.min(binsPerRead, bins - first)] };
    for (const [index, value] of (await readNumbers(raster, box)).entries()) {
      if (value === 0) continue;
      const count = Number.isNaN(value) ? 0 : Math.trunc(value);
      if (count < 0 || times.length + count > mostSpikes) throw invalidCount(raster, unit, first + index, value);
      for (let spike = 1; spike <= count; spike++) {
        times.push((startMs + (first + index) * binMs + spike * (binMs / (count + 1))) / 1e3);
      }
    }
  }
  return Float64Array.from(times);
}

async function binOf(raster: Hdf5Dataset, { rasterBinMs }: LoadOptions): Promise<number> {
  const recorded = (await raster.attributes()).get("bin_size_ms");
  const binMs = rasterBinMs ?? recorded;
  if (typeof binMs === "number" && Number.isFinite(binMs) && binMs > 0) return binMs;
  throw unfitFile({
    reason: binMs === undefined ? "RASTER_BIN_MISSING" : "RASTER_BIN_INVALID",
    message: "A raster is read with the width of its bins, a number above zero: raster_bin_size_ms.",
    field: "options.rasterBinMs",
    got: binMs === undefined ? "none in the file" : String(binMs),
    remedy: "Give rasterBinMs.",
  });
}

function invalidCount(raster: Hdf5Dataset, unit: number, bin: number, value: number): Error {
  return unfitFile({
    reason: "RASTER_COUNT_INVALID",
    message: "Counts of a raster must be non-negative, and those of a unit at most 2^24 together.",
    field: raster.path,
    got: `${value} in bin ${bin} of unit ${unit}`,
  });
}
