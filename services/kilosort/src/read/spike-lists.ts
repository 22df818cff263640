import { join } from "node:path";
import { NpyFile } from "@sluice/npy";
import { unfitFolder } from "./fault.ts";

/** The lists of a folder with one entry for each spike, open for reading. */
export interface SpikeLists {
  readonly count: number;
  readonly times: NpyFile;
  readonly clusters: NpyFile;
  readonly templates: NpyFile | undefined;
  readonly amplitudes: NpyFile | undefined;
  close(): Promise<void>;
}

/**
 * Opens the lists. A folder that no one has curated has no spike_clusters.npy: its templates are its clusters.
 *
 * @param files names of the folder's files
 * @throws SluiceError SPIKES_MISSING, KILOSORT_LENGTHS_DIFFER and those of `NpyFile.open`
 */
export async function openSpikeLists(folder: string, files: readonly string[]): Promise<SpikeLists> {
  const clustersName = files.includes("spike_clusters.npy") ? "spike_clusters.npy" : "spike_templates.npy";
  for (const file of ["spike_times.npy", clustersName]) if (!files.includes(file)) throw missing(file);
  const opened: NpyFile[] = [];
  const close = async () => {
    for (const file of opened) await file.close();
  };
  const open = async (name: string) => {
    const file = await NpyFile.open(join(folder, name));
    opened.push(file);
    return file;
  };
  try {
    const times = await open("spike_times.npy");
    const count = times.length;
    const clusters = await open(clustersName);
    requireEqual("spike_times.npy", count, clustersName, clusters.length);
    const optional = async (name: string) => {
      if (!files.includes(name)) return undefined;
      const file = await open(name);
      return file.length === count ? file : undefined;
    };
    const [templates, amplitudes] = [await optional("spike_templates.npy"), await optional("amplitudes.npy")];
    return { count, times, clusters, templates, amplitudes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function requireEqual(first: string, count: number, second: string, other: number): void {
  if (count === other) return;
  throw unfitFolder({
    reason: "KILOSORT_LENGTHS_DIFFER",
    message: "The lists of a folder must be equally long: a mismatch of their lengths.",
    field: second,
    got: `${first} ${count}, ${second} ${other}`,
    remedy: "Copy the folder again from its source.",
  });
}

function missing(file: string): Error {
  return unfitFolder({
    reason: "SPIKES_MISSING",
    message: "A folder of KiloSort or Phy holds spike_times.npy and spike_clusters.npy (or spike_templates.npy).",
    field: file,
    got: "no such file",
    remedy: "Name the folder that holds them.",
  });
}
