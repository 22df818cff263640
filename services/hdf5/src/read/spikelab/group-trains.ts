import type { Hdf5File } from "@sluice/hdf5";
import { toSeconds } from "@sluice/spikes";
import type { LoadOptions } from "../../load-options.ts";
import type { Content } from "./content.ts";
import { naturalOrder } from "./natural-order.ts";
import { listLength, readNumbers } from "./numbers.ts";
import { scaleOf } from "./scale.ts";
import { spikeHints } from "./spike-hints.ts";
import type { Trains } from "./trains.ts";

/** One dataset for each unit, in the natural order of their names. Memory: the spikes of one unit. */
export async function groupTrains(file: Hdf5File, content: Content, options: LoadOptions): Promise<Trains> {
  const group = await file.group(content.names.groupPerUnit);
  const names = (await group.children()).map(({ name }) => name).toSorted(naturalOrder);
  const hints = spikeHints(content, options);
  const [first] = names;
  const scale = first === undefined ? undefined : await scaleOf(await group.dataset(first), hints);
  return {
    unitCount: names.length,
    notes: [],
    samplingRateHz: scale?.unit === "samples" ? scale.samplingRateHz : undefined,
    trains: async function* () {
      for (const name of names) {
        const dataset = await group.dataset(name);
        listLength(dataset);
        yield [toSeconds(await readNumbers(dataset), await scaleOf(dataset, hints))];
      }
    },
  };
}
