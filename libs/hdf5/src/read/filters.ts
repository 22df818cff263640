import { Code, SluiceError } from "@sluice/core";

/** A filter of a dataset: its registered number, its name in the file, and its parameters. */
export interface DatasetFilter {
  readonly id: number;
  readonly name: string;
  readonly values: readonly number[];
}

/** Filters that every HDF5 library has, by number (H5Zpublic.h). */
const builtIn: ReadonlyMap<number, string> = new Map([
  [1, "deflate"],
  [2, "shuffle"],
  [3, "fletcher32"],
  [5, "nbit"],
  [6, "scaleoffset"],
]);

/** Registered filters that are met in recordings and that are plug-ins. */
const plugIns: ReadonlyMap<number, string> = new Map([
  [4, "szip"],
  [307, "bzip2"],
  [32_000, "lzf"],
  [32_001, "blosc"],
  [32_004, "lz4"],
  [32_008, "bitshuffle"],
  [32_013, "zfp"],
  [32_015, "zstd"],
  [32_026, "blosc2"],
]);

/** What people call a filter: "deflate", "lzf", "filter 12345". */
export function filterName({ id, name }: DatasetFilter): string {
  return builtIn.get(id) ?? plugIns.get(id) ?? (name === "" ? `filter ${id}` : `${name} (filter ${id})`);
}

/** HDF5_FILTER_UNSUPPORTED for a filter that is a plug-in: HDF5's own error speaks of folders of libraries. */
export function refuseUnknownFilters(filters: readonly DatasetFilter[], field: string): void {
  const unknown = filters.find(({ id }) => !builtIn.has(id));
  if (!unknown) return;
  throw new SluiceError({
    reason: "HDF5_FILTER_UNSUPPORTED",
    message: "The dataset is compressed by a filter that Sluice does not have.",
    field,
    got: filterName(unknown),
    allowed: [...builtIn.values()],
    remedy: "Write the file again with gzip, for example by h5repack -f GZIP=4.",
    grpcCode: Code.UNIMPLEMENTED,
  });
}
