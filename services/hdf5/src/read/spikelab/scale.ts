import type { Hdf5Dataset } from "@sluice/hdf5";
import { type TimeScale, type TimeUnit, timeUnits } from "@sluice/spikes";
import { isInteger } from "./numbers.ts";
import { unfitFile } from "./spikelab-error.ts";

/** What is known of the unit of a list of times beside the list. */
export interface UnitHints {
  /** Of the options. */
  readonly unit: TimeUnit | undefined;
  /** Where neither the options nor the file say it. */
  readonly assumed: TimeUnit;
  readonly samplingRateHz: number | undefined;
  /** Names of the options, for errors. */
  readonly option: string;
}

/**
 * The unit of a list of times: as the options say; as the list says; samples where it holds integers, which SpikeLab's
 * exporter writes for samples alone; else what is assumed.
 *
 * @throws SluiceError SAMPLING_RATE_MISSING, SPIKELAB_UNIT_UNKNOWN
 */
export async function scaleOf(times: Hdf5Dataset, hints: UnitHints): Promise<TimeScale> {
  const attributes = await times.attributes();
  const stated = attributes.get("unit");
  const unit = hints.unit ?? stated ?? (isInteger(times) ? "samples" : hints.assumed);
  if (!timeUnits.some((known) => known === unit)) {
    throw unfitFile({
      reason: "SPIKELAB_UNIT_UNKNOWN",
      message: "The file says a unit of times that SpikeLab does not have.",
      field: `${times.path}@unit`,
      got: String(stated),
      allowed: timeUnits,
      remedy: `Give the option ${hints.option}.`,
    });
  }
  if (unit !== "samples") return { unit: unit as "s" | "ms" };
  const own = attributes.get("sampling_rate_hz");
  const samplingRateHz = hints.samplingRateHz ?? (typeof own === "number" ? own : undefined);
  if (samplingRateHz !== undefined && samplingRateHz > 0) return { unit, samplingRateHz };
  throw unfitFile({
    reason: "SAMPLING_RATE_MISSING",
    message: "Times in samples need a sampling rate above zero, and the file says none.",
    field: "options.samplingRateHz",
    got: samplingRateHz === undefined ? `${times.path} in samples` : String(samplingRateHz),
    remedy: `Give samplingRateHz; or ${hints.option}, if the times are no samples.`,
  });
}
