import { checkHeader, type RawOptions, SluiceError } from "@sluice/core";
import { collect } from "@sluice/core/testing";
import { type Cell, TableValues } from "@sluice/spikes";
import { unitsOf } from "@sluice/spikes/testing";
import { kilosortLoader } from "../loader.ts";
import { type Files, integers, withFolder } from "./folders.ts";

/** A params.py of 1 kHz whose traces lie elsewhere. */
export const params =
  "dat_path = ['/data/raw.bin']\nn_channels_dat = 4\ndtype = 'int16'\noffset = 0\nsample_rate = 1000.\n";

/** SpikeLab's example: [10, 20] and [15] ms. */
export const plain: Files = {
  "spike_times.npy": integers(10, 20, 15),
  "spike_clusters.npy": integers(0, 0, 1),
  "params.py": params,
};

/** What the loader finds in a folder of these files: units in seconds, cells of its tables, notes. */
export async function loaded(files: Files, options: RawOptions = {}) {
  return withFolder(files, async (folder) => {
    const stream = await kilosortLoader.load(folder, options);
    const { header } = stream;
    const [fault] = checkHeader(header);
    if (fault) throw new SluiceError(fault);
    const frames = await collect(stream.frames);
    const again = {
      header,
      frames: (async function* () {
        yield* frames;
      })(),
    };
    const tables = Object.fromEntries(header.tables.map((spec) => [spec.name, new TableValues(spec)]));
    for (const { content } of frames) {
      if (content?.$case !== "batch") continue;
      const { tableId } = content.value;
      tables[header.tables.find((spec) => spec.tableId === tableId)?.name ?? ""]?.take(content.value);
    }
    const cells = (table: string, column: string): readonly Cell[] | undefined => tables[table]?.column(column)?.cells;
    const notes = header.dataset.origins.map(({ detail }) => detail).join("; ");
    const spikes = header.dataset.spikeTrains[0];
    return { header, frames, units: await unitsOf(again), cells, notes, spikes };
  });
}
