import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { expect, jest, test } from "@jest/globals";
import { unshuffle } from "@sluice/codec";
import { withHdf5 } from "@sluice/hdf5";
import { readCheckpoint } from "@sluice/hdf5/testing";
import { randomNumbers } from "../harness/pixels.ts";
import { startTypeScript } from "../harness/processes.ts";
import { useScratch } from "../harness/scratch.ts";

jest.setTimeout(120_000);
const scratch = useScratch();
const random = randomNumbers(11);

/** Records, and is killed some frames after the first checkpoint. Gives the part that is left. */
async function kill(
  every: number,
): Promise<{ readonly path: string; readonly part: Uint8Array; readonly said: number }> {
  const folder = scratch.fresh();
  const child = startTypeScript("tests/harness/programs/record-hdf5.ts", [folder, String(every)], {});
  await child.says(new RegExp(`^frames ${every + 1 + Math.floor(200 * random())}$`, "m"));
  const { stdout, signal } = await child.stop();
  expect(signal).toBe("SIGKILL");
  const [name, ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  expect(name).toMatch(/^\.recording\.h5\.[0-9a-f]+\.part$/);
  const said = Number(/checkpoint (\d+)\n(?![^]*checkpoint \d+\n)/.exec(stdout)?.[1] ?? 0);
  const path = join(folder, name as string);
  return { path, part: readFileSync(path), said };
}

test.each([1, 3, 3, 10, 10, 25])(
  "kill -9 with a checkpoint every %p frames: the part holds every frame up to the last one",
  async (every) => {
    const { path, part, said } = await kill(every);
    const { datasets } = readCheckpoint(part);
    const movie = datasets.get("/movie");
    const frames = movie?.shape?.[0] ?? 0;
    expect(frames).toBeGreaterThanOrEqual(said);
    expect(frames % every).toBe(0);
    expect(datasets.get("/times")?.shape).toEqual([frames]);
    const values = (movie?.chunks ?? []).flatMap(({ address, bytes, filterMask }) => {
      expect(filterMask).toBe(0);
      const raw = unshuffle(inflateSync(part.subarray(address, address + bytes)), 2);
      const pixels = new Uint16Array(new Uint8Array(raw).buffer);
      return [0, 1, 2, 3].map((frame) => {
        const own = pixels.subarray(frame * 64 * 64, (frame + 1) * 64 * 64);
        expect(own.every((value) => value === own[0])).toBe(true);
        return own[0];
      });
    });
    expect(values.slice(0, frames)).toEqual(Array.from({ length: frames }, (_, frame) => frame % 65_536));
    await withHdf5(path, async (file) => {
      expect((await file.dataset("movie")).shape).toEqual([frames, 64, 64]);
      const times = await (await file.dataset("times")).read();
      const seconds = Array.from({ length: frames }, (_, frame) => frame / 10);
      expect([...new Float64Array(times.slice().buffer)]).toEqual(seconds);
    });
  },
);

test("kill -9 without checkpoints leaves a part that nobody takes for a file", async () => {
  for (let round = 0; round < 3; round++) {
    const { part } = await kill(0);
    expect(part.subarray(0, 8).every((byte) => byte === 0)).toBe(true);
  }
});
