import { jsonSchemaOf, type Loader, requireOptions, SluiceError } from "@sluice/core";
import { type Hdf5File, withHdf5 } from "@sluice/hdf5";
import { openSource } from "@sluice/source";
import { type LoadOptions, loadOptionSchema } from "./load-options.ts";
import { loadOptionProfiles, optionsOfOthers } from "./profile-options.ts";
import { generic } from "./read/generic/index.ts";
import { isOwn } from "./read/generic/own.ts";
import { playnano } from "./read/playnano/index.ts";
import { spikelab } from "./read/spikelab/index.ts";
import type { Reading } from "./reading.ts";

/** The most particular first; generic reads whatever is left. */
const readings: readonly Reading[] = [playnano, spikelab, generic];

/** Reads HDF5 files: what this package writes, what playNano and SpikeLab write, and the datasets of any other. */
export const hdf5Loader: Loader = {
  format: {
    name: "hdf5",
    summary: "HDF5: Sluice's own layout, bundles of playNano, spikes of SpikeLab, and the datasets of any other file",
    extensions: [".h5", ".hdf5"],
    get optionSchema() {
      return jsonSchemaOf(loadOptionSchema);
    },
  },
  recognises: (_path, head) => Buffer.compare(head.subarray(0, signature.length), signature) === 0,
  load: async (path, raw, signal) => {
    const options = requireOptions(loadOptionSchema, raw, "options");
    await (await openSource(path)).close();
    const load = async (file: Hdf5File) => {
      const reading = await readingOf(file, options);
      const [fault] = optionsOfOthers(reading.name, options, loadOptionProfiles);
      if (fault) throw new SluiceError(fault);
      return reading.load(file, path, options, signal);
    };
    return withHdf5(path, load, signal);
  },
};

/** HDF5 File Format Specification, version 3, II.A. */
const signature = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

async function readingOf(file: Hdf5File, { profile, dataset, axes }: LoadOptions): Promise<Reading> {
  const asItIs = dataset !== undefined || axes !== undefined;
  if (profile === "auto" && (asItIs || (await isOwn(file)))) return generic;
  for (const reading of readings) {
    if (profile === "auto" ? await reading.recognises(file) : reading.name === profile) return reading;
  }
  return generic;
}
