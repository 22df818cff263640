import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { asBytes, type DataType } from "@sluice/core";
import { problemOf } from "@sluice/core/testing";
import { memorySink } from "@sluice/sink/testing";
import { descrOf, NpyFile, NpyWriter, npyBytes } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-npy-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function reading<T>(bytes: Uint8Array, use: (file: NpyFile) => Promise<T>): Promise<T> {
  const path = join(folder, "values.npy");
  writeFileSync(path, bytes);
  const file = await NpyFile.open(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

test("a file whose length comes last reads like one whose length came first", async () => {
  const sink = memorySink();
  const file = await NpyWriter.begin(await sink.create("a.npy", "application/octet-stream"), "<i4", [2]);
  await file.append(asBytes(Int32Array.of(1, 2, 3)));
  await file.append(asBytes(Int32Array.of(4, 5, -6)));
  await file.end(3);
  await sink.prepare();
  const bytes = sink.files.get("a.npy") as Uint8Array;
  expect((bytes.length - 24) % 64).toBe(0);
  await reading(bytes, async (open) => {
    expect(open.header.shape).toEqual([3, 2]);
    expect([...(await open.readNumbers())]).toEqual([1, 2, 3, 4, 5, -6]);
    expect([...(await open.readNumbers(4, 2))]).toEqual([5, -6]);
  });
});

test.each([
  ["uint8", Uint8Array.of(1, 255)],
  ["int64", BigInt64Array.of(-1n, 2n ** 53n - 1n)],
  ["uint64", BigUint64Array.of(0n, 7n)],
  ["float32", Float32Array.of(0.5, -2)],
  ["float64", Float64Array.of(0.1, -2)],
] as [DataType, ArrayLike<number | bigint> & ArrayBufferView][])("%s is read as numbers", async (dataType, values) => {
  await reading(npyBytes(descrOf[dataType], [values.length], asBytes(values)), async (file) => {
    expect([...(await file.readNumbers())]).toEqual(Array.from(values, Number));
  });
});

test("big-endian numbers, and what is no number", async () => {
  const turned = npyBytes(">i2", [2], Uint8Array.of(0, 1, 0xff, 0xfe));
  await reading(turned, async (file) => expect([...(await file.readNumbers())]).toEqual([1, -2]));
  await reading(npyBytes("<U1", [1], Uint8Array.of(65, 0, 0, 0)), async (file) => {
    expect((await problemOf(() => file.readNumbers())).reason).toBe("FILE_DAMAGED");
  });
});

test("a file that was cut is named", async () => {
  const whole = npyBytes("<f8", [4], new Uint8Array(32));
  const problem = await problemOf(() => reading(whole.subarray(0, whole.length - 1), async () => {}));
  expect(problem).toMatchObject({ reason: "FILE_DAMAGED", field: "values.npy", got: "31 of 32 bytes" });
});
