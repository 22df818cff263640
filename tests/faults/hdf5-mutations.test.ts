import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { exportToMemory, fullStream } from "@sluice/nwb/testing";
import { writeHdf5Set } from "../harness/hdf5-set.ts";
import { loadDamaged } from "../harness/mutations/load-damaged.ts";
import { sharedData } from "../harness/paths.ts";
import { useScratch } from "../harness/scratch.ts";

jest.setTimeout(600_000);
const scratch = useScratch();
const copiesOfEach = 5;
const foreign = ["playnano/pn_bundle_filtered.h5", "spikelab/sl_ragged_raw.h5", "spikelab/sl_units_electrodes.nwb"];

/** Files as they should be: of every profile, of random trees, NWB, and some that h5py wrote, where they are. */
async function originals(folder: string): Promise<string[]> {
  const own = await writeHdf5Set(folder);
  writeFileSync(join(folder, "full.nwb"), (await exportToMemory(fullStream())).bytes);
  const found = foreign.map(sharedData).filter((path) => existsSync(path));
  for (const path of found) copyFileSync(path, join(folder, basename(path)));
  return [...own.map(({ path }) => basename(path)), "full.nwb", ...found.map((path) => basename(path))];
}

// HDF5_MUTATION=movie.h5:3 damages that file in that way alone.
test("damaged files: every one is read, or refused with a reason, in bounded memory and time", async () => {
  const folder = scratch.fresh();
  const names = await originals(folder);
  const { HDF5_MUTATION: chosen } = process.env;
  const all = Array.from({ length: copiesOfEach }, (_, copy) => names.map((name) => `${name}:${copy}`)).flat();
  const cases = chosen === undefined ? all : [chosen];
  const outcomes = await loadDamaged(folder, cases);
  const told = new Map<string, number>();
  for (const outcome of outcomes.values()) told.set(outcome, (told.get(outcome) ?? 0) + 1);
  console.info(Object.fromEntries([...told].toSorted(([, a], [, b]) => b - a)));
  expect([...outcomes.keys()]).toEqual(expect.arrayContaining(cases));
  expect([...outcomes].filter(([, outcome]) => outcome.startsWith("!"))).toEqual([]);
  if (chosen !== undefined) return;
  expect(told.get("given up") ?? 0).toBeLessThan(cases.length / 20);
  expect(told.get("read")).toBeGreaterThan(cases.length / 4);
  expect(told.size).toBeGreaterThan(4);
});
