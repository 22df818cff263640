import { join } from "node:path";
import { expect, jest } from "@jest/globals";
import { Hdf5Writer } from "@sluice/hdf5";
import { openDirectorySink } from "@sluice/sink";
import { obstacleUnlessRequired, testUnless } from "../harness/availability.ts";
import { peakMemoryBytes, procMissing } from "../harness/memory.ts";
import { movieBytes } from "../harness/movies.ts";
import { useScratch } from "../harness/scratch.ts";
import { startSluice } from "../harness/sluice.ts";

jest.setTimeout(180_000);
const measured = testUnless(obstacleUnlessRequired("REQUIRE_FAULTS", procMissing()));
const scratch = useScratch();
const mebibyte = 1024 * 1024;
const frames = 1024;
/** One process that reads HDF5, writes it, and reads it again, whatever the length of the movie. */
const limitBytes = 360 * mebibyte;

/** A movie of 512 MiB, in chunks or in one piece, which the library reads. */
async function writeLongMovie(folder: string, chunked: boolean): Promise<string> {
  const sink = await openDirectorySink({ root: folder, directory: "", overwrite: false, sha256: false });
  const file = new Hdf5Writer(await sink.create("long.h5", "application/x-hdf5"));
  const [height, width] = [512, 512];
  const shape = [frames, height, width];
  const storage = chunked ? { chunks: [1, height, width], shuffle: true, deflate: 1 } : {};
  const movie = file.root.createDataset("movie", { type: "uint16", shape, ...storage });
  const frame = movieBytes({ frames: 1, height, width });
  for (let index = 0; index < frames; index++) await movie.append(frame);
  await file.close();
  await sink.prepare();
  await sink.commit();
  return join(folder, "long.h5");
}

for (const chunked of [true, false]) {
  const storage = chunked ? "in deflated chunks" : "in one piece";
  measured(`memory stays flat while 512 MiB ${storage} are read from HDF5, written to it and verified`, async () => {
    const path = await writeLongMovie(scratch.fresh(), chunked);
    const parameters = ["--to", "hdf5", "--set", "hdf5.level=1", "--verify", "--out", scratch.fresh()];
    const child = startSluice(["export", path, ...parameters]);
    let peakBytes = 0;
    const watch = setInterval(() => {
      if (!child.over) peakBytes = Math.max(peakBytes, peakOf(child.pid));
    }, 20);
    const { code, stderr } = await child.ended;
    clearInterval(watch);
    console.info(`${storage}: ${Math.round(peakBytes / mebibyte)} MiB`);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(peakBytes).toBeGreaterThan(mebibyte);
    expect(peakBytes).toBeLessThan(limitBytes);
  });
}

/** None when the process has just ended. */
function peakOf(pid: number): number {
  try {
    return peakMemoryBytes(pid);
  } catch {
    return 0;
  }
}
