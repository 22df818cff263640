import { asdLoader, jpkLoader } from "@sluice/afm";
import type { Exporter, Loader } from "@sluice/core";
import { gif } from "@sluice/gif";
import { hdf5, hdf5Loader } from "@sluice/hdf5-service";
import { kilosort, kilosortLoader } from "@sluice/kilosort";
import { npz, npzLoader } from "@sluice/npz";
import { nwb, nwbLoader } from "@sluice/nwb";
import { omeTiff, omeTiffLoader } from "@sluice/ome-tiff";
import { pickle } from "@sluice/pickle";

/** Every format that this process can write. */
export const exporters: readonly Exporter[] = [omeTiff, hdf5, npz, kilosort, gif, pickle, nwb];

/** Every format that this process can read, the most particular first. */
export const loaders: readonly Loader[] = [
  asdLoader,
  jpkLoader,
  omeTiffLoader,
  nwbLoader,
  hdf5Loader,
  kilosortLoader,
  npzLoader,
];

/** Every step that this process can run. */
export { analysis } from "@sluice/analysis";
