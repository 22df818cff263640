import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { filesOf } from "../harness/folder.ts";
import { movie, writeOmeTiff } from "../harness/movies.ts";
import { useScratch } from "../harness/scratch.ts";
import { startService } from "../harness/service.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(60_000);
const scratch = useScratch();

test("an HDF5 file comes out the same in one process and through gateway and service, verified, and reads back", async () => {
  const { path } = await writeOmeTiff(movie({ frames: 6, height: 40, width: 50 }), scratch.fresh("input"), "movie");
  const service = await startService("hdf5");
  const gateway = await startService("gateway", { SLUICE_FORMATS: `hdf5=${service.address}` });
  const files: Buffer[] = [];
  for (const flags of [[], ["--gateway", gateway.address]]) {
    const out = scratch.fresh(`out${flags.length}`);
    const { code, stderr, lines } = await sluice(
      ["export", path, "--to", "hdf5", "--out", out, "--verify", "--json"].concat(flags),
    );
    expect({ flags, code, stderr }).toEqual({ flags, code: 0, stderr: "" });
    expect(lines.at(-1)).toMatchObject({
      state: "succeeded",
      branches: [{ artifacts: [{ path: "movie.h5" }], verification: { equal: true, loader: "hdf5" } }],
    });
    expect(filesOf(out)).toEqual(["movie.h5"]);
    files.push(readFileSync(join(out, "movie.h5")));
    const info = await sluice(["info", join(out, "movie.h5"), "--json"]);
    expect(info.lines[0]?.arrays?.[0]?.axes.map(({ name, size }) => [name, size])).toEqual([
      ["t", 6],
      ["y", 40],
      ["x", 50],
    ]);
  }
  expect(files[0]?.equals(files[1] as Buffer)).toBe(true);
});
