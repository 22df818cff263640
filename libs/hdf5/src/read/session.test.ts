import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { memorySink } from "@sluice/sink/testing";
import { Hdf5Writer } from "../write/hdf5-writer.ts";
import { openHdf5, withHdf5 } from "./hdf5-file.ts";
import { Session } from "./session.ts";

let folder = "";
let path = "";

/** HDF5 never comes to the end of a heap whose free space has no length. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
  path = join(folder, "endless.h5");
  const sink = memorySink();
  const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
  await file.root.writeDataset("text", ["a", "b"]);
  await file.close();
  const bytes = Buffer.from(sink.files.get("a.h5") as Uint8Array);
  let object = bytes.indexOf("GCOL") + 16;
  while (bytes.readUInt16LE(object) !== 0) {
    object += 16 + 8 * Math.ceil(Number(bytes.readBigUInt64LE(object + 8)) / 8);
  }
  writeFileSync(path, bytes.fill(0, object, object + 16));
});

afterAll(() => rmSync(folder, { recursive: true }));

test("a signal ends a call that would never end", async () => {
  const control = new AbortController();
  const file = await openHdf5(path, control.signal);
  const reading = (await file.dataset("text")).readText();
  const reason = new Error("enough");
  control.abort(reason);
  await expect(reading).rejects.toBe(reason);
});

test("a call that HDF5 does not answer fails; the next file has another thread", async () => {
  const unanswered = async () => {
    const session = await Session.open(path, undefined, { patienceMs: 1000 });
    const pointers = { itemBytes: 4, texts: [0], references: [], sequences: [] };
    await session.ask("read", "/text", "read the values", { count: 2, offset: [0], shape: [2], pointers });
  };
  await expect(unanswered()).rejects.toMatchObject({
    problem: { reason: "HDF5_READ_FAILED", got: "no answer within 1 s" },
  });
  expect(await withHdf5(path, (file) => file.has("text"))).toBe(true);
});

test("nothing of a damaged file is left when another one takes its place", async () => {
  const written = async (values: Uint16Array, damage: number) => {
    const sink = memorySink();
    const file = new Hdf5Writer(await sink.create("a.h5", "application/x-hdf5"));
    await file.root.writeDataset("values", values, { chunks: [values.length], deflate: 6 });
    await file.close();
    const bytes = Buffer.from(sink.files.get("a.h5") as Uint8Array);
    return bytes.fill(0, 96, 96 + damage);
  };
  const place = join(folder, "place.h5");
  const read = () => withHdf5(place, async (file) => (await file.dataset("values")).readValues());
  writeFileSync(place, await written(new Uint16Array(1000).fill(1), 8));
  await expect(read()).rejects.toMatchObject({ problem: { reason: "HDF5_READ_FAILED" } });
  writeFileSync(place, await written(new Uint16Array(900).fill(2), 0));
  expect(await read()).toEqual(Array.from({ length: 900 }, () => 2));
});
