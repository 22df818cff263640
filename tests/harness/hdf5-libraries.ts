import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Obstacle } from "./availability.ts";
import { run } from "./processes.ts";

/** A build of libhdf5. */
export interface Hdf5Library {
  readonly version: readonly [number, number, number];
  /** The package of PyPI that has it, for another Python: nothing of it is run but the library. */
  readonly wheel: string;
  readonly python: string;
}

/** The last HDF5 of each line that wheels of h5py have. 2.0 is in the h5py of the suite. */
export const hdf5Libraries: readonly Hdf5Library[] = [
  { version: [1, 8, 18], wheel: "h5py==2.7.1", python: "3.6" },
  { version: [1, 10, 4], wheel: "h5py==2.10.0", python: "3.8" },
  { version: [1, 12, 2], wheel: "h5py==3.7.0", python: "3.10" },
  { version: [1, 14, 6], wheel: "h5py==3.14.0", python: "3.11" },
];

/** Why these libraries cannot be had. */
export function librariesMissing(): Obstacle {
  const here = process.platform === "linux" && process.arch === "x64";
  return here ? undefined : "the wheels with early HDF5 libraries are for Linux on x86-64";
}

const platforms = ["manylinux1_x86_64", "manylinux2010_x86_64", "manylinux2014_x86_64"];
const folder = fileURLToPath(new URL("../.venv", import.meta.url));

/** Unpacks the wheel into `tests/.venv` unless it is there; gives the folder. */
export async function fetchLibrary(command: string, { wheel, python }: Hdf5Library): Promise<string> {
  const target = join(folder, "libraries", wheel);
  if (existsSync(target)) return target;
  const aside = `${target}.${process.pid}`;
  const flags = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];
  const foreign = ["--python-version", python, ...platforms.flatMap((platform) => ["--platform", platform])];
  try {
    const { code, stderr } = await run(command, [
      "-m",
      "pip",
      "install",
      ...flags,
      ...foreign,
      "--target",
      aside,
      wheel,
    ]);
    if (code !== 0) throw new Error(stderr);
    if (!existsSync(target)) renameSync(aside, target);
    return target;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
