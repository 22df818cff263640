import { join } from "node:path";
import { beforeAll, expect, jest } from "@jest/globals";
import { Hdf5Writer } from "@sluice/hdf5";
import { openDirectorySink } from "@sluice/sink";
import { obstacleUnlessRequired, testUnless } from "../harness/availability.ts";
import { peakMemoryBytes, procMissing } from "../harness/memory.ts";
import { movieBytes } from "../harness/movies.ts";
import { useScratch } from "../harness/scratch.ts";
import { startSluice } from "../harness/sluice.ts";

jest.setTimeout(180_000);
const obstacle = obstacleUnlessRequired("REQUIRE_FAULTS", procMissing());
const measured = testUnless(obstacle);
const scratch = useScratch();
const mebibyte = 1024 * 1024;
const frames = 1024;
/** One process that reads HDF5, writes it, and reads it again, whatever the length of the movie. */
const limitBytes = 300 * mebibyte;

beforeAll(async () => {
  if (obstacle) return;
  const sink = await openDirectorySink({ root: scratch.folder, directory: "", overwrite: false, sha256: false });
  const file = new Hdf5Writer(await sink.create("long.h5", "application/x-hdf5"));
  const [height, width] = [512, 512];
  const shapes = { shape: [0, height, width], maxShape: [null, height, width], chunks: [1, height, width] };
  const movie = file.root.createDataset("movie", { type: "uint16", ...shapes, shuffle: true, deflate: 1 });
  const frame = movieBytes({ frames: 1, height, width });
  for (let index = 0; index < frames; index++) await movie.append(frame);
  await file.close();
  await sink.prepare();
  await sink.commit();
}, 180_000);

measured("memory stays flat while a movie of 512 MiB is read from HDF5, written to it and verified", async () => {
  const parameters = ["--to", "hdf5", "--set", "hdf5.level=1", "--verify", "--out", scratch.fresh()];
  const child = startSluice(["export", join(scratch.folder, "long.h5"), ...parameters]);
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = child.over ? peakBytes : Math.max(peakBytes, peakOf(child.pid));
  }, 20);
  const { code, stderr } = await child.ended;
  clearInterval(watch);
  console.info(`${Math.round(peakBytes / mebibyte)} MiB`);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(peakBytes).toBeGreaterThan(mebibyte);
  expect(peakBytes).toBeLessThan(limitBytes);
});

/** None when the process has just ended. */
function peakOf(pid: number): number {
  try {
    return peakMemoryBytes(pid);
  } catch {
    return 0;
  }
}
