import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as h5wasm from "h5wasm/node";
import { withHdf5 } from "../hdf5-file.ts";
import { readChunkStorage } from "../structure/layout.ts";
import { StoredFile } from "../structure/stored-file.ts";
import { decodeChunk } from "./chunk-decoder.ts";
import { storedChunks } from "./chunk-index.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-hdf5-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** So many that arrays of chunks have super blocks, and blocks of several pages. */
const rows = 300_000;
const written = Array.from({ length: 150 }, (_, index) => Math.floor((index * (index + 1) * rows) / (150 * 151)));
const edges = [0, 3, 4, 131_059, 131_060, 132_084, 133_107, 133_108, rows - 1];
const places = [...new Set([...written, ...edges])].toSorted((a, b) => a - b);

async function write(path: string, libver: "earliest" | "v110" | "latest", grows: boolean, gzip: boolean) {
  const library = await h5wasm.ready;
  library.activate_throwing_error_handler();
  const file = new h5wasm.File(path, "w", { libver: libver === "earliest" ? ["earliest", "v110"] : libver });
  const dataset = file.create_dataset({
    name: "x",
    data: new Uint8Array(0),
    shape: [0, 40],
    maxshape: [grows ? null : rows, 40],
    dtype: "<B",
    chunks: [1, 40],
    ...(gzip && { compression: "gzip" as const }),
  });
  dataset.resize([rows, 40]);
  for (const row of places) dataset.write_slice([[row, row + 1], []], new Uint8Array(40).fill(1 + (row % 255)));
  file.close();
}

test.each([
  ["earliest", true, true, "tree"],
  ["v110", true, true, "extensibleArray"],
  ["v110", true, false, "extensibleArray"],
  ["v110", false, true, "fixedArray"],
  ["v110", false, false, "fixedArray"],
  ["latest", true, true, "extensibleArray"],
  ["latest", false, true, "fixedArray"],
] as const)("library %s, growing %s, gzip %s: each chunk is found in the %s", async (libver, grows, gzip, kind) => {
  const path = join(folder, `${libver}-${grows}-${gzip}.h5`);
  await write(path, libver, grows, gzip);
  await withHdf5(path, async (handle) => {
    const { address, filters } = await handle.dataset("x").then(async (x) => ({ ...x, address: await x.address() }));
    const file = await StoredFile.open(path);
    const storage = await readChunkStorage(file, address);
    expect(storage).toEqual({ index: { kind, address: expect.any(Number) }, chunk: [1, 40], itemBytes: 1 });
    const found: number[] = [];
    for await (const chunk of storedChunks(file, storage, [rows, 40])) {
      const row = chunk.offset[0] as number;
      found.push(row);
      expect(await decodeChunk(file, chunk, filters, 40)).toEqual(Buffer.alloc(40, 1 + (row % 255)));
    }
    await file.close();
    expect(found).toEqual(places);
  });
});
