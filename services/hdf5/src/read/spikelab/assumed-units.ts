import type { Hdf5Dataset, Hdf5File } from "@sluice/hdf5";
import { type FieldOrigin, Origin } from "@sluice/proto";
import type { LoadOptions } from "../../load-options.ts";
import type { Content } from "./content.ts";
import { isInteger } from "./numbers.ts";
import { rawHints } from "./raw.ts";
import type { UnitHints } from "./scale.ts";
import { spikeHints } from "./spike-hints.ts";

/**
 * Which units of times neither the options nor the file say: SpikeLab's exporter writes none, so that its files in
 * another unit than its own default look alike.
 *
 * @param arrays names of the arrays of spike times and, where there are some, of raw traces
 */
export async function assumedUnits(
  file: Hdf5File,
  content: Content,
  options: LoadOptions,
  arrays: { readonly times: string; readonly raw: string | undefined },
): Promise<FieldOrigin[]> {
  const { names } = content;
  const spikes = await spikeTimes(file, content);
  const found = [
    spikes && (await assumption(spikes, spikeHints(content, options), `arrays.${arrays.times}.unit`)),
    arrays.raw === undefined
      ? undefined
      : await assumption(
          await file.dataset(names.rawTimeDataset),
          rawHints(content, options),
          `arrays.${arrays.raw}.axes[0].unit`,
        ),
  ];
  return found.filter((origin) => origin !== undefined);
}

async function spikeTimes(file: Hdf5File, { style, names }: Content): Promise<Hdf5Dataset | undefined> {
  if (style === "raster") return undefined;
  if (style !== "group") return await file.dataset(style === "ragged" ? names.spikeTimesDataset : names.timesDataset);
  const group = await file.group(names.groupPerUnit);
  const [first] = await group.children();
  return first && (await group.dataset(first.name));
}

async function assumption(times: Hdf5Dataset, hints: UnitHints, field: string): Promise<FieldOrigin | undefined> {
  if (hints.unit !== undefined || (await times.attributes()).has("unit")) return undefined;
  const unit = isInteger(times) ? "samples, for they are integers" : hints.assumed;
  const detail = `${times.path} in ${unit}: the file does not say, ${hints.option} does`;
  return { field, origin: Origin.ORIGIN_DEFAULTED, detail };
}
