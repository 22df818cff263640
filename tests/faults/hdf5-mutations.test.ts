import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, jest, test } from "@jest/globals";
import { payloadBytes, SluiceError } from "@sluice/core";
import { hdf5Loader } from "@sluice/hdf5-service";
import { writeHdf5Set } from "../harness/hdf5-set.ts";
import { sharedData } from "../harness/paths.ts";
import { randomNumbers } from "../harness/pixels.ts";
import { useScratch } from "../harness/scratch.ts";

jest.setTimeout(300_000);
const scratch = useScratch();
const mutations = 1000;
/** HDF5 goes round in circles in some damaged heaps; who reads can give up, and the next file is read all the same. */
const patienceMs = 2000;
/** Damaged sizes promise more than there is: nobody has to read that to its end. */
const enoughBytes = 16 * 1024 * 1024;

const foreign = ["playnano/pn_bundle_filtered.h5", "spikelab/sl_ragged_raw.h5", "spikelab/sl_group_s.h5"];

/** Files as they should be: of every profile, of random trees, and some that h5py wrote, where they are. */
async function originals(): Promise<Buffer[]> {
  const own = await writeHdf5Set(scratch.fresh());
  const paths = [...own.map(({ path }) => path), ...foreign.map(sharedData).filter((path) => existsSync(path))];
  return paths.map((path) => readFileSync(path));
}

/** Bytes with some of them changed, most often in the first 8 KiB, where headers are; sometimes cut. */
function mutated(original: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(original);
  const anywhere = (below: number) => Math.floor(random() * below);
  const somewhere = () => anywhere(random() < 0.6 ? Math.min(8192, bytes.length) : bytes.length);
  switch (anywhere(5)) {
    case 0:
      return bytes.subarray(0, anywhere(bytes.length));
    case 1: {
      const from = somewhere();
      bytes.subarray(from, from + 1 + anywhere(64)).fill(random() < 0.5 ? 0 : 255);
      return bytes;
    }
    case 2: {
      const from = somewhere();
      bytes.copy(bytes, somewhere(), from, from + 1 + anywhere(64));
      return bytes;
    }
    default:
      for (let count = 1 + anywhere(8); count > 0; count--) bytes[somewhere()] = anywhere(256);
      return bytes;
  }
}

type Outcome = "read" | "given up" | string;

async function outcomeOf(path: string): Promise<Outcome> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const { frames } = await hdf5Loader.load(path, {}, signal);
    let bytes = 0;
    for await (const frame of frames) {
      bytes += payloadBytes(frame);
      if (bytes > enoughBytes) break;
    }
    return "read";
  } catch (error) {
    if (error === signal.reason) return "given up";
    if (!(error instanceof SluiceError)) throw error;
    expect(JSON.stringify(error.problem)).not.toContain(scratch.folder);
    return error.problem.reason;
  }
}

test(`${mutations} damaged files: every one is read, or refused with a reason`, async () => {
  const whole = await originals();
  const random = randomNumbers(17);
  const outcomes = new Map<Outcome, number>();
  let next = 0;
  const work = async (_: unknown, worker: number) => {
    const path = scratch.path(`damaged-${worker}.h5`);
    while (next < mutations) {
      const number = next++;
      writeFileSync(path, mutated(whole[number % whole.length] as Buffer, random));
      const outcome = await outcomeOf(path).catch((cause: unknown) => {
        throw new Error(`mutation ${number}`, { cause });
      });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    writeFileSync(path, whole[0] as Buffer);
    expect(await outcomeOf(path)).toBe("read");
  };
  await Promise.all(Array.from({ length: 3 }, work));
  console.info(Object.fromEntries([...outcomes].toSorted(([, a], [, b]) => b - a)));
  expect(outcomes.get("INTERNAL")).toBeUndefined();
  expect(outcomes.get("given up") ?? 0).toBeLessThan(mutations / 30);
  expect(outcomes.get("read")).toBeGreaterThan(mutations / 4);
});
