import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { Hdf5Writer } from "@sluice/hdf5";
import { memorySink } from "@sluice/sink/testing";
import { filesOf } from "../harness/folder.ts";
import { movie, writeOmeTiff } from "../harness/movies.ts";
import { useScratch } from "../harness/scratch.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(60_000);
const scratch = useScratch();

test("`sluice info` tells arrays, axes, units and times", async () => {
  const { path } = await writeOmeTiff(movie({ frames: 6, height: 40, width: 50 }), scratch.fresh(), "movie");
  const { code, lines } = await sluice(["info", path, "--json"]);
  expect(code).toBe(0);
  expect(lines).toMatchObject([{ type: "info", format: "ome-tiff", dataset: { name: "movie" } }]);
  const image = lines[0]?.arrays?.[0];
  expect(image).toMatchObject({ dataType: "uint16" });
  expect(image?.axes.map(({ name, size }) => [name, size])).toEqual([
    ["t", 6],
    ["y", 40],
    ["x", 50],
  ]);
  const forPeople = await sluice(["info", path]);
  expect(forPeople.code).toBe(0);
  expect(forPeople.stdout).toMatch(/uint16.*t 6 .*y 40 .*x 50/);
});

test("`sluice info` tells the tree of any HDF5 file, whether it can be exported or not", async () => {
  const path = join(scratch.fresh(), "tables.hdf5");
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("tables.hdf5", "application/x-hdf5"));
  file.root.attributes.set("lab", "north");
  for (let index = 0; index < 60; index++) file.root.createGroup(`day ${index}`);
  await file.root.writeDataset("day 0/names", ["a", "b"]);
  await file.close();
  writeFileSync(path, sink.files.get("tables.hdf5") as Uint8Array);
  const { code, lines } = await sluice(["info", path, "--json"]);
  const tree = { attributes: [{ name: "lab", value: "north" }], hidden: 10 };
  expect(code).toBe(0);
  expect(lines).toMatchObject([{ type: "info", format: "hdf5", tree }]);
  const forPeople = await sluice(["info", path]);
  expect(forPeople.stdout).toMatch(/\n  \/\n    @lab "north"\n    day 0\/\n      names: text \[2\]\n/);
  expect(forPeople.stdout).toMatch(/and 10 more; --all shows them/);
  expect((await sluice(["info", path, "--all"])).stdout).toMatch(/\n    day 9\/\n$/);
});

test("`sluice formats` lists what can be written and read, with every option", async () => {
  const { code, lines } = await sluice(["formats", "--json"]);
  expect(code).toBe(0);
  expect(lines).toMatchObject([{ type: "formats" }]);
  const omeTiff = lines[0]?.formats?.find(({ name }) => name === "ome-tiff");
  expect(omeTiff).toMatchObject({ extensions: [".ome.tif", ".ome.tiff"] });
  expect(omeTiff?.optionSchema.properties).toMatchObject({
    compression: { default: "deflate" },
    bigTiff: { default: "auto" },
  });
  const described = [...(lines[0]?.formats ?? []), ...(lines[0]?.loaders ?? [])];
  const silent = described.flatMap(({ name, optionSchema }) =>
    Object.entries(optionSchema.properties).flatMap(([option, { description }]) =>
      description === undefined ? [`${name}.${option}`] : [],
    ),
  );
  expect(silent).toEqual([]);
  const loaders = lines[0]?.loaders?.map(({ name }) => name);
  expect(loaders).toEqual(expect.arrayContaining(["asd", "h5-jpk", "ome-tiff", "hdf5"]));
  // Both are HDF5 files: the particular one is asked first.
  expect(loaders?.indexOf("h5-jpk")).toBeLessThan(loaders?.indexOf("hdf5") as number);
});

test("`sluice info` says why a pickle is not read, and what to do", async () => {
  const path = join(scratch.fresh(), "trains.pkl");
  writeFileSync(path, Uint8Array.of(0x80, 2, 0x4e, 0x2e));
  const { code, lines } = await sluice(["info", path, "--json"]);
  expect(code).not.toBe(0);
  expect(JSON.stringify(lines)).toContain("PICKLE_NOT_LOADED");
  const forPeople = await sluice(["info", path]);
  expect(forPeople.stderr).toContain("numpy.savez");
});

test("`sluice demo` simulates a movie, exports it, and what it wrote verifies", async () => {
  const cwd = scratch.fresh();
  const demo = await sluice(["demo"], { cwd });
  expect({ code: demo.code, stderr: demo.stderr }).toEqual({ code: 0, stderr: "" });
  expect(demo.stdout).toContain("verified: ome-tiff reads the same values back");
  expect(filesOf(cwd)).toEqual(
    ["gif", "h5", "npz", "ome.tif", "pkl", "receipt.json"].map((extension) => `demo-output/demo_movie.${extension}`),
  );
  const check = await sluice(["verify", join("demo-output", "demo_movie.receipt.json"), "--json"], { cwd });
  expect(check.code).toBe(0);
  const equal = { verification: { equal: true } };
  // A movie cannot be read back, and a pickle is not.
  expect(check.lines).toMatchObject([{ branches: [equal, equal, equal, { format: "gif" }, { format: "pickle" }] }]);
  expect(check.stdout.match(/"verification"/g)).toHaveLength(3);
  writeFileSync(join(cwd, "demo-output", "demo_movie.gif"), "another file");
  const changed = await sluice(["verify", join("demo-output", "demo_movie.receipt.json")], { cwd });
  expect(changed.code).toBe(1);
  expect(changed.stdout).toContain("verification failed: demo_movie.gif is another file than the export wrote");
});
